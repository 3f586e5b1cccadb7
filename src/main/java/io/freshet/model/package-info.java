/** DeepFM, its optimizers and the plain single-thread learner. No Flink, no I/O. */
package io.freshet.model;
