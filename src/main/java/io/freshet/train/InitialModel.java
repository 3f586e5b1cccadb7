package io.freshet.train;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * How the parameters of a job begin.
 *
 * @param model where there is no state
 * @param migrates whether state of other settings is converted, where it would be refused else
 */
public record InitialModel(WarmStart model, boolean migrates) implements Serializable {
  /** From nothing, or from state of the same settings. */
  public static final InitialModel PLAIN = new InitialModel(WarmStart.NONE, false);

  public InitialModel {
    requireNonNull(model, "model");
  }

  /** The same from a model, where there is no state. */
  public InitialModel from(WarmStart other) {
    return new InitialModel(other, migrates);
  }

  /** The same, where state of other settings is converted. */
  public InitialModel migrating() {
    return new InitialModel(model, true);
  }
}
