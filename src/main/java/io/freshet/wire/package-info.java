/**
 * How records travel between Flink's operators and lie in its state: Flink's side of {@link
 * io.freshet.wire.codec}.
 */
package io.freshet.wire;
