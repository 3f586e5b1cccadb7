package io.freshet.train;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * How the parameters of a job start.
 *
 * @param model the model that a job without state starts from
 * @param migrates whether state of other settings is converted instead of refused
 * @param reset what of a state starts again
 */
public record InitialModel(WarmStart model, boolean migrates, Reset reset) implements Serializable {
  /** From the seed, or from state of the same settings. */
  public static final InitialModel PLAIN = new InitialModel(WarmStart.NONE, false, Reset.NONE);

  public InitialModel {
    requireNonNull(model, "model");
    requireNonNull(reset, "reset");
  }

  /** Returns a copy that starts from a model. */
  public InitialModel from(WarmStart other) {
    return new InitialModel(other, migrates, reset);
  }

  /** Returns a copy that converts state of other settings. */
  public InitialModel migrating() {
    return new InitialModel(model, true, reset);
  }

  /** Returns a copy that starts parts of a state again. */
  public InitialModel resetting(Reset what) {
    return new InitialModel(model, migrates, what);
  }
}
