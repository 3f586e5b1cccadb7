package io.freshet.train.message;

/** A message of a trainer to a merger, to which Flink routes by its key. */
public sealed interface MergerRequest permits DenseDelta, GaugeDelta {

  int key();
}
