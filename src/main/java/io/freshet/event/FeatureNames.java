package io.freshet.event;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The raw features that are wanted of an impression, numbered 0 … size - 1. All others are skipped.
 * Some may be objects whose keys are the values, each with its weight.
 */
public final class FeatureNames {
  private final List<String> names;
  private final Set<String> weighted;
  private final int vectorValues;
  private final Map<String, Integer> indexes;

  /** Features of which none has weights. */
  public FeatureNames(List<String> names) {
    this(names, Set.of(), 0);
  }

  /**
   * Features.
   *
   * @param weighted those of them whose values may have weights
   * @param vectorValues how many values they have as vectors, which count towards no limit
   */
  public FeatureNames(List<String> names, Set<String> weighted, int vectorValues) {
    this.names = List.copyOf(names);
    this.weighted = Set.copyOf(weighted);
    this.vectorValues = vectorValues;
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

  /** Whether the feature may be an object of weights. */
  public boolean mayBeWeighted(int index) {
    return weighted.contains(names.get(index));
  }

  /** How many values the features have as vectors. */
  public int vectorValues() {
    return vectorValues;
  }

  /** These and others, each once. */
  public FeatureNames and(FeatureNames others) {
    Set<String> all = new LinkedHashSet<>(names);
    all.addAll(others.names);
    Set<String> allWeighted = new HashSet<>(weighted);
    allWeighted.addAll(others.weighted);
    return new FeatureNames(
        List.copyOf(all), allWeighted, Math.max(vectorValues, others.vectorValues));
  }

  @Override
  public boolean equals(Object other) {
    return other == this
        || other instanceof FeatureNames that
            && names.equals(that.names)
            && weighted.equals(that.weighted);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }
}
