package io.freshet.cli.doctor;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.FeatureValues.Type;
import io.freshet.event.parse.NumberText;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.NumericField;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Looks for numeric features that the learner cannot mend, whatever it does with their scale: those
 * that never change, and numbers that only name something.
 */
final class NumbersCheck {
  private static final int LEAST = 50; // values to judge by
  private static final Set<Type> NUMBERS = EnumSet.of(Type.INTEGER, Type.DOUBLE);
  private static final double LARGE = 100_000;

  private final Map<String, Numbers> fields = new LinkedHashMap<>();

  /** What was seen of one feature. */
  private static final class Numbers {
    private int count;
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private boolean whole = true;

    void add(double number) {
      count++;
      least = Math.min(least, number);
      most = Math.max(most, number);
      whole &= number == Math.rint(number);
    }
  }

  NumbersCheck(FeatureSchema schema) {
    schema.fields().stream()
        .filter(NumericField.class::isInstance)
        .forEach(field -> fields.put(field.name(), new Numbers()));
  }

  void look(FeatureValues features, FeatureNames names) {
    fields.forEach(
        (name, numbers) -> {
          int feature = names.indexOf(name);
          for (int i = 0; i < features.count(feature); i++) {
            int value = features.first(feature) + i;
            if (NUMBERS.contains(features.type(value))) {
              numbers.add(features.number(value));
            } else if (features.type(value) == Type.STRING) {
              numbers.add(NumberText.parse(features.text(value)));
            }
          }
        });
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    fields.forEach(
        (name, numbers) -> {
          if (numbers.count >= LEAST && numbers.least == numbers.most) {
            findings.add(constant(name, numbers));
          } else if (numbers.count >= LEAST && numbers.whole && numbers.least >= LARGE) {
            findings.add(name(name, numbers));
          }
        });
    return findings;
  }

  private static Finding constant(String name, Numbers numbers) {
    return Finding.warning(
        "features",
        String.format(
            Locale.ROOT,
            "%s is %s in each of the newest %,d impressions that have it",
            name,
            numbers.least,
            numbers.count),
        "a number that never changes teaches nothing: see what writes it, or leave it out");
  }

  private static Finding name(String name, Numbers numbers) {
    return Finding.warning(
        "features",
        String.format(
            Locale.ROOT,
            "%s holds whole numbers from %.0f to %.0f, as ids and times are",
            name,
            numbers.least,
            numbers.most),
        "make an id a feature of kind categorical; of a time, write the hour or the age instead");
  }
}
