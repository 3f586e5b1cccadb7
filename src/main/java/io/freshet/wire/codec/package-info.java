/**
 * Values as bytes, without Flink. One rule: <b>what lies in state has a {@link
 * io.freshet.wire.codec.StateCodec}</b>, written by hand next to its record, with an id and a
 * version; <b>what only travels between operators of one job is written as the components of its
 * record</b>, and needs nothing.
 *
 * <p>The bytes of a state format's released versions never change: a savepoint of an earlier
 * release restores in every later one.
 */
package io.freshet.wire.codec;
