/** Benchmarks of the kernel, the loop, the join and the pipeline. */
package io.freshet.lab.bench.loop;
