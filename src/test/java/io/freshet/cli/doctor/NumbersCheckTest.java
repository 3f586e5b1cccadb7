package io.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.NumericField;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class NumbersCheckTest {
  @Test
  void aNumberThatNeverChangesIsFound() {
    assertThat(findings(100, i -> 7))
        .singleElement()
        .asString()
        .contains("x is 7.0 in each of the newest 100 impressions that have it");
  }

  @Test
  void anIdIsFound() {
    assertThat(findings(100, i -> 4_200_000 + i))
        .singleElement()
        .asString()
        .contains("x holds whole numbers from 4200000 to 4200099");
  }

  @Test
  void pricesCountsAndFewValuesAreNot() {
    assertThat(findings(100, i -> 100_000.5 + i)).isEmpty();
    assertThat(findings(100, i -> i * 10_000)).isEmpty();
    assertThat(findings(49, i -> 7)).isEmpty();
  }

  private static List<Finding> findings(int impressions, IntToDoubleFunction number) {
    FeatureSchema schema =
        new FeatureSchema(
            List.of(
                new CategoricalField("user", 1),
                new NumericField("x", 2, new NumericField.Transform.Auto())),
            "user");
    FeatureNames names = schema.rawNames();
    NumbersCheck check = new NumbersCheck(schema);
    for (int i = 0; i < impressions; i++) {
      check.look(FeatureValues.of(names, Map.of("x", number.applyAsDouble(i))), names);
    }
    return check.findings();
  }
}
