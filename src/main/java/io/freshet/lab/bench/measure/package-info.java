/** What benchmarks share: figures, load, streams, memory. */
package io.freshet.lab.bench.measure;
