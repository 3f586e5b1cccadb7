/** The training loop inside the Flink job. */
package io.freshet.train;
