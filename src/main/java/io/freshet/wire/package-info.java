/**
 * How records travel between Flink's operators and lie in its state: type information from
 * hand-written codecs.
 */
package io.freshet.wire;
