/** Benchmarks of the embedding table. */
package io.freshet.lab.bench.table;
