package io.freshet.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.Map;

/**
 * The raw feature values of one impression: for each of the {@link FeatureNames} none (absent,
 * null, an empty list), one, the several of a list, or those of an object with their weights.
 *
 * <p>Values follow one another, those of one feature together, in primitive arrays, which are
 * written once by {@link FeatureValuesBuilder} and never after. A value is a string, an integer, a
 * number with a fraction or an exponent, or a boolean. All but the third have a text, kept in
 * UTF-8: a string's characters (a lone surrogate counts as U+FFFD), an integer's digits in full
 * length, {@code true} or {@code false}. Both kinds of number have a double, finite and within the
 * range of a float; a boolean has 1 or 0. The values of an object are its keys, strings, and their
 * numbers are the weights.
 */
public final class FeatureValues {

  public enum Type {
    STRING,
    INTEGER,
    DOUBLE,
    BOOLEAN
  }

  private final FeatureNames names;
  private final int[] firsts;
  private final int[] counts;
  private final boolean[] lists;
  private final boolean[] weighted;
  private final Type[] types;
  private final double[] numbers;
  private final int[] textEnds;
  private final byte[] text;

  FeatureValues(
      FeatureNames names,
      int[] firsts,
      int[] counts,
      boolean[] lists,
      boolean[] weighted,
      Type[] types,
      double[] numbers,
      int[] textEnds,
      byte[] text) {
    this.names = names;
    this.firsts = firsts;
    this.counts = counts;
    this.lists = lists;
    this.weighted = weighted;
    this.types = types;
    this.numbers = numbers;
    this.textEnds = textEnds;
    this.text = text;
  }

  /**
   * Values given by hand: strings, numbers, booleans, nulls, collections of those, and maps from
   * values to weights; other names are skipped, as a decoder does.
   *
   * @throws IllegalArgumentException naming the feature that no record could hold
   */
  public static FeatureValues of(FeatureNames names, Map<String, ?> values) {
    FeatureValuesBuilder builder = new FeatureValuesBuilder(names);
    values.forEach(
        (name, value) -> {
          int feature = names.indexOf(name);
          if (feature >= 0) {
            builder.begin(feature);
            add(name, value, builder);
          }
        });
    return builder.build();
  }

  private static void add(String name, Object value, FeatureValuesBuilder builder) {
    if (value instanceof Collection<?> elements) {
      builder.beginList();
      elements.forEach(element -> addOne(name, element, builder));
    } else if (value instanceof Map<?, ?> weights && builder.beginWeights()) {
      weights.forEach((key, weight) -> addWeighted(name, key, weight, builder));
    } else {
      addOne(name, value, builder);
    }
  }

  private static void addOne(String name, Object value, FeatureValuesBuilder builder) {
    if (value != null && !builder.add(value)) {
      throw new IllegalArgumentException(
          "features.%s: %s (%s); expected a string, a boolean or a number within the range of a float"
              .formatted(name, value, value.getClass().getSimpleName()));
    }
  }

  private static void addWeighted(
      String name, Object value, Object weight, FeatureValuesBuilder builder) {
    if (weight != null && !builder.addWeighted(value, weight)) {
      throw new IllegalArgumentException(
          "features.%s.%s: %s; expected a weight, a number within the range of a float"
              .formatted(name, value, weight));
    }
  }

  /** These values, and of the features that are missing here, those of others of the same names. */
  public FeatureValues orElse(FeatureValues others) {
    if (!names.equals(others.names)) {
      throw new IllegalArgumentException("the features were not read by the same names");
    }
    FeatureValuesBuilder builder = new FeatureValuesBuilder(names);
    for (int feature = 0; feature < names.size(); feature++) {
      builder.begin(feature);
      builder.addAll(count(feature) == 0 ? others : this, feature);
    }
    return builder.build();
  }

  /** The same values by other names: features that have none there are left out. */
  public FeatureValues by(FeatureNames others) {
    if (names.equals(others)) {
      return this;
    }
    FeatureValuesBuilder builder = new FeatureValuesBuilder(others);
    for (int feature = 0; feature < others.size(); feature++) {
      int own = names.indexOf(others.name(feature));
      builder.begin(feature);
      if (own >= 0) {
        builder.addAll(this, own);
      }
    }
    return builder.build();
  }

  public FeatureNames names() {
    return names;
  }

  /** How many values a feature has; 0 when it is missing. */
  public int count(int feature) {
    return counts[feature];
  }

  /** The index of a feature's first value; the others follow it. */
  public int first(int feature) {
    return firsts[feature];
  }

  public boolean isList(int feature) {
    return lists[feature];
  }

  /** Whether a feature's values are the keys of an object, and their numbers the weights. */
  public boolean isWeighted(int feature) {
    return weighted[feature];
  }

  public Type type(int value) {
    return types[value];
  }

  /** A value's text; empty for a number with a fraction or an exponent. */
  public String text(int value) {
    return new String(text, textStart(value), textLength(value), UTF_8);
  }

  /** A number's value, a boolean's 1 or 0, and 0 for a string. */
  public double number(int value) {
    return numbers[value];
  }

  /** The texts of all values, shared and not to be written to. */
  public byte[] utf8() {
    return text;
  }

  /** Where a value's text starts in {@link #utf8()}. */
  public int textStart(int value) {
    return value == 0 ? 0 : textEnds[value - 1];
  }

  public int textLength(int value) {
    return textEnds[value] - textStart(value);
  }
}
