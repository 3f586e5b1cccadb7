/** Benchmarks: how near the learner comes to the speed of the machine's matrix product. */
package io.freshet.lab.bench;
