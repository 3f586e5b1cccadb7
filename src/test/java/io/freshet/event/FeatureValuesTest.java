package io.freshet.event;

import static io.freshet.event.Decoded.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeatureValuesTest {
  private static final FeatureNames NAMES = new FeatureNames(List.of("a", "b"));

  @Test
  void usageExample() {
    FeatureValues values =
        FeatureValues.of(NAMES, Map.of("b", Arrays.asList("x", null, 5, true), "other", "skipped"));

    assertThat(values.count(0)).isZero();
    assertThat(values.count(1)).isEqualTo(3);
    assertThat(values.isList(1)).isTrue();
    assertThat(values.type(values.first(1) + 1)).isEqualTo(FeatureValues.Type.INTEGER);
    assertThat(values.number(values.first(1) + 1)).isEqualTo(5);
  }

  @Test
  void wholeNumberTypesAreIntegersAndTheOthersDoubles() {
    for (Number integer : List.of((byte) 5, (short) 5, 5, 5L, BigInteger.valueOf(5))) {
      FeatureValues values = FeatureValues.of(NAMES, Map.of("a", integer));
      assertThat(values.type(0)).isEqualTo(FeatureValues.Type.INTEGER);
      assertThat(values.utf8()).asString().isEqualTo("5");
    }
    for (Number fraction : List.of(5f, 5d, new BigDecimal("5"))) {
      assertThat(FeatureValues.of(NAMES, Map.of("a", fraction)).type(0))
          .isEqualTo(FeatureValues.Type.DOUBLE);
    }
  }

  @Test
  void manyLongValuesFit() {
    List<String> texts = Collections.nCopies(1000, "€".repeat(100));

    FeatureValues values = FeatureValues.of(NAMES, Map.of("a", texts, "b", "end"));

    assertThat(values.count(0)).isEqualTo(1000);
    assertThat(values.textLength(999)).isEqualTo(300);
    assertThat(values.utf8()).hasSize(300_003);
  }

  @Test
  void valuesThatNoRecordHoldsAreRefusedByName() {
    for (Object value : List.of(Double.NaN, 1e39, Map.of(), 'c')) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FeatureValues.of(NAMES, Map.of("a", value)))
          .withMessageContaining("features.a: " + value);
    }
  }

  @Test
  void namesAreDistinct() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FeatureNames(List.of("a", "b", "a")))
        .withMessageContaining("the feature a is named twice");
  }

  @Test
  void whatIsMissingIsTakenFromOthers() {
    FeatureNames names = new FeatureNames(List.of("user", "tags", "price", "fine"));
    Map<String, Object> own = new HashMap<>(Map.of("user", "u1", "price", 2.5));
    Map<String, ?> others = Map.of("user", "u2", "tags", List.of("a", 7), "fine", true);

    FeatureValues merged = FeatureValues.of(names, own).orElse(FeatureValues.of(names, others));

    own.putAll(Map.of("tags", List.of("a", 7), "fine", true));
    assertThat(texts(merged)).isEqualTo(texts(FeatureValues.of(names, own)));
  }
}
