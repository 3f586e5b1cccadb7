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
 * @param tasks names of the tasks in addition to the first, each of which has such layers too
 */
public record NetworkSettings(
    String form, List<Integer> hiddenLayers, int crossLayers, Sizes sizes, List<String> tasks)
    implements Serializable {
  /** Hidden layers and cross layers, where there are any. */
  public static final String PLAIN = "";

  public NetworkSettings {
    requireNonNull(form, "form");
    hiddenLayers = List.copyOf(hiddenLayers);
    requireNonNull(sizes, "sizes");
    tasks = List.copyOf(tasks);
  }

  /** Whether another has the same layers for each task. */
  public boolean isLike(NetworkSettings other) {
    return form.equals(other.form)
        && hiddenLayers.equals(other.hiddenLayers)
        && crossLayers == other.crossLayers
        && sizes.equals(other.sizes);
  }

  /** Layers for one task. */
  public NetworkSettings(String form, List<Integer> hiddenLayers, int crossLayers, Sizes sizes) {
    this(form, hiddenLayers, crossLayers, sizes, List.of());
  }
}
