package io.freshet.model;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.List;

/**
 * The layers of a model's dense part.
 *
 * @param form how they stand to each other: {@link #PLAIN}, or the key of the one kind that has
 *     them so
 * @param hiddenLayers units of each
 */
public record NetworkSettings(String form, List<Integer> hiddenLayers, int crossLayers, Sizes sizes)
    implements Serializable {
  /** Hidden layers and cross layers, where there are any. */
  public static final String PLAIN = "";

  public NetworkSettings {
    requireNonNull(form, "form");
    hiddenLayers = List.copyOf(hiddenLayers);
    requireNonNull(sizes, "sizes");
  }
}
