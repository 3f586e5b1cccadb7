/** Benchmarks of serving, stores and freshness. */
package io.freshet.lab.bench.serving;
