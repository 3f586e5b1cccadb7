package io.freshet.feature;

import static io.freshet.event.Decoded.good;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.event.Rejection;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParallelFieldTest {
  private static final Field USER = new CategoricalField("user", 1);
  private static final Field ACTION = new ParallelField("action", 3, "recent", "", "", false);
  private static final Field AGE = new ParallelField("age", 4, "recent", "", "", true);

  @Test
  void aListHasAsManyValuesAsItsSequenceTakes() {
    Example example =
        good(
            encode(
                Pooling.MEAN,
                Map.of(
                    "recent", List.of("c", "b", "a"),
                    "action", List.of("buy", "see", "see"),
                    "age", List.of(0, 5, 999))));

    assertThat(of(example, 3)).containsExactly(id(3, "buy"), id(3, "see"));
    assertThat(of(example, 4)).containsExactly(id(4, "0"), id(4, "2"));
    assertThat(example.values()).containsExactly(1, 1, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f);
    Map<String, Object> newest = Map.of("recent", List.of("b", "a"), "action", List.of("see", "x"));
    assertThat(of(good(encode(Pooling.LAST, newest)), 3)).containsExactly(id(3, "see"));
  }

  @Test
  void numbersCountByTheirPowerOfTwo() {
    List<Double> numbers = List.of(0.0, 0.9, 1.0, 2.9, 3.0, 1e6, -0.5, -1.0, -6.9, 3e38);

    assertThat(numbers)
        .extracting(ParallelField::power)
        .containsExactly(0L, 0L, 1L, 1L, 2L, 19L, 0L, -1L, -2L, 127L);
    assertThat(rejection(Map.of("recent", "a", "age", "long ago")))
        .isEqualTo("features.age holds what is no number at [0]; expected a list of numbers");
  }

  @Test
  void aListOfAnotherLengthIsRejected() {
    assertThat(rejection(Map.of("recent", List.of("b", "a", "c"), "action", List.of("see", "buy"))))
        .isEqualTo("features.action holds 2 values, and recent 3; expected one for each");
    assertThat(rejection(Map.of("action", "see")))
        .isEqualTo("features.action holds 1 values, and recent 0; expected one for each");
  }

  @Test
  void aListThatIsNotThereIsTheFieldsMissingId() {
    Example example = good(encode(Pooling.MEAN, Map.of("recent", List.of("c", "b"))));

    assertThat(of(example, 3)).containsExactly(Fids.missing(3));
    assertThat(of(example, 4)).containsExactly(Fids.missing(4));
  }

  @Test
  void whatRunsAlongNoSequenceIsNoSchema() {
    Field along = new ParallelField("action", 3, "user", "recent", "age", false);

    assertThatThrownBy(() -> new FeatureSchema(List.of(USER, recent(Pooling.MEAN), along), "user"))
        .hasMessageContaining("features[2].along: user is no sequence; expected one of [recent]")
        .hasMessageContaining("features[2].target: age is no categorical or multi field")
        .hasMessageContaining("features[2].of: recent is no categorical or multi field with rows");
  }

  private static Field recent(Pooling pooling) {
    return new SequenceField("recent", 2, "user", 2, pooling);
  }

  private static DecodeResult<Example> encode(Pooling pooling, Map<String, ?> features) {
    ExampleEncoder encoder =
        new ExampleEncoder(new FeatureSchema(List.of(USER, recent(pooling), ACTION, AGE), "user"));
    return encoder.encode(FeatureValues.of(encoder.names(), features));
  }

  private static String rejection(Map<String, ?> features) {
    DecodeResult<Example> outcome = encode(Pooling.MEAN, features);
    assertThat(outcome).isInstanceOf(DecodeResult.Rejected.class);
    Rejection rejection = ((DecodeResult.Rejected<Example>) outcome).rejection();
    return rejection.reason();
  }

  private static long[] of(Example example, int field) {
    return Arrays.stream(example.fids()).filter(fid -> Fids.field(fid) == field).toArray();
  }

  private static long id(int field, String value) {
    return Fids.of(field, ValueHash.of(value));
  }
}
