package io.freshet.event;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The raw features that are wanted of an impression, numbered 0 … size - 1. All others are skipped.
 */
public final class FeatureNames {
  private final List<String> names;
  private final Map<String, Integer> indexes;

  public FeatureNames(List<String> names) {
    this.names = List.copyOf(names);
    indexes = new HashMap<>();
    for (String name : this.names) {
      if (indexes.put(name, indexes.size()) != null) {
        throw new IllegalArgumentException("the feature " + name + " is named twice");
      }
    }
  }

  public int size() {
    return names.size();
  }

  public String name(int index) {
    return names.get(index);
  }

  /** The feature's number, or -1. */
  public int indexOf(String name) {
    return indexes.getOrDefault(name, -1);
  }

  @Override
  public boolean equals(Object other) {
    return other == this || other instanceof FeatureNames that && names.equals(that.names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }
}
