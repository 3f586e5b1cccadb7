package io.freshet.cli.doctor;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.FeatureValues.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What impressions hold of each raw feature: how many have it, how many values, and their range.
 */
final class FieldsCheck {
  private static final int LEAST = 50; // impressions to judge by

  private final FeatureNames names;
  private final List<Facts> facts = new ArrayList<>();
  private int impressions;

  /** What was seen of one feature. */
  private static final class Facts {
    private final Set<String> distinct = new HashSet<>();
    private int present;
    private int values;
    private int numbers;
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;

    void add(FeatureValues features, int value) {
      values++;
      boolean isFraction = features.type(value) == Type.DOUBLE;
      distinct.add(isFraction ? Double.toString(features.number(value)) : features.text(value));
      if (isFraction || features.type(value) == Type.INTEGER) {
        numbers++;
        least = Math.min(least, features.number(value));
        most = Math.max(most, features.number(value));
      }
    }
  }

  FieldsCheck(FeatureNames names) {
    this.names = names;
    for (int i = 0; i < names.size(); i++) {
      facts.add(new Facts());
    }
  }

  void look(FeatureValues features) {
    impressions++;
    for (int feature = 0; feature < names.size(); feature++) {
      Facts of = facts.get(feature);
      int count = features.count(feature);
      of.present += count > 0 ? 1 : 0;
      for (int i = 0; i < count; i++) {
        of.add(features, features.first(feature) + i);
      }
    }
  }

  /** A line for each feature that some impression has. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (int feature = 0; feature < names.size(); feature++) {
      Facts of = facts.get(feature);
      if (of.present > 0) {
        findings.add(finding("field " + names.name(feature), of));
      }
    }
    return findings;
  }

  private Finding finding(String about, Facts of) {
    String text =
        String.format(
            Locale.ROOT,
            "in %.0f %% of the newest %,d impressions, %,d values%s%s",
            100.0 * of.present / impressions,
            impressions,
            of.distinct.size(),
            of.values == of.present
                ? ""
                : String.format(Locale.ROOT, ", %.1f at a time", (double) of.values / of.present),
            of.numbers == of.values ? ", from %s to %s".formatted(of.least, of.most) : "");
    boolean isConstant =
        of.distinct.size() == 1 && of.present == impressions && impressions >= LEAST;
    return isConstant
        ? Finding.warning(
            about, text, "a value that never changes teaches nothing: see what writes it")
        : Finding.ok(about, text);
  }
}
