package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.FeatureValues;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.MultiField;
import io.freshet.feature.ValueHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ValueNamesTest {
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new MultiField("genres", 2),
              new CategoricalField("hour", 3)),
          "user");

  private final ValueNames names = new ValueNames(SCHEMA, List.of("genres", "hour"));

  @Test
  void eachValueIsReportedOnceUnderTheIdOfItsExamples() {
    Map<Long, String> fresh =
        names.fresh(values(Map.of("user", "u1", "genres", List.of("Drama", "Crime"), "hour", 7)));

    assertThat(fresh)
        .containsOnly(
            Map.entry(Fids.of(2, ValueHash.of("Drama")), "Drama"),
            Map.entry(Fids.of(2, ValueHash.of("Crime")), "Crime"),
            Map.entry(Fids.of(3, ValueHash.of("7")), "7"));
    assertThat(names.fresh(values(Map.of("genres", List.of("Crime", "War")))))
        .containsOnlyKeys(Fids.of(2, ValueHash.of("War")));
    assertThat(names.fresh(values(Map.of("user", "u2")))).isEmpty();
  }

  @Test
  void noMoreThanAThousandValuesOfAFieldAreReported() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      many.add("g" + i);
    }

    assertThat(names.fresh(values(Map.of("genres", many)))).hasSize(1000);
    assertThat(names.fresh(values(Map.of("genres", List.of("another"))))).isEmpty();
  }

  @Test
  void longTextsAreCut() {
    assertThat(names.fresh(values(Map.of("hour", "x".repeat(5000)))).values())
        .containsExactly("x".repeat(100) + "…");
  }

  private static FeatureValues values(Map<String, ?> values) {
    return FeatureValues.of(SCHEMA.rawNames(), values);
  }
}
