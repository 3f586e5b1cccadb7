package io.freshet.model.optimizer;

import java.io.Serializable;

/** Which optimizer moves a group of parameters, and its rates. */
public interface OptimizerSettings extends Serializable {
  /** As a cap of accumulators: none. */
  float NO_CAP = Float.POSITIVE_INFINITY;

  Optimizer optimizer();

  /**
   * Whether slots shrink from step to step. What shrinks cannot be added up across trainers: each
   * would take its own share away, and sums change their sign.
   */
  default boolean decays() {
    return !merged().equals(this);
  }

  /** Whether floats that the other stored mean the same parameters and slots here. */
  default boolean storesAs(OptimizerSettings other) {
    return getClass() == other.getClass();
  }

  /**
   * The optimizer as the merger of several trainers sees it: without slots where these decay and
   * stay with each trainer.
   */
  default OptimizerSettings merged() {
    return this;
  }

  /**
   * Whether the parameters of a vector share slots, so that it always moves as a whole: for
   * embedding vectors only.
   */
  default boolean isForVectors() {
    return false;
  }

  /** Returns a copy whose rate is multiplied. */
  OptimizerSettings scaled(float factor);
}
