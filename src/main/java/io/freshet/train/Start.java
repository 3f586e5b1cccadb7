package io.freshet.train;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * How the parameters of a job begin.
 *
 * @param model where there is no state
 * @param migrates whether state of other settings is converted, where it would be refused else
 */
public record Start(WarmStart model, boolean migrates) implements Serializable {
  /** From nothing, or from state of the same settings. */
  public static final Start PLAIN = new Start(WarmStart.NONE, false);

  public Start {
    requireNonNull(model, "model");
  }

  /** The same from a model, where there is no state. */
  public Start from(WarmStart other) {
    return new Start(other, migrates);
  }

  /** The same, where state of other settings is converted. */
  public Start migrating() {
    return new Start(model, true);
  }
}
