package io.freshet.feature;

import static io.freshet.event.Decoded.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SequenceFieldTest {
  private static final Field ITEM = new CategoricalField("item", 1);

  @Test
  void theNewestValuesCountAsMuchEach() {
    Example example = encode(Pooling.MEAN, List.of("c", "b", "a"));

    assertThat(example.fids()).containsExactly(fids("c", "b"));
    assertThat(example.values()).containsExactly(1, 1, 0.5f, 0.5f);
  }

  @Test
  void theLastIsTheFirst() {
    assertThat(encode(Pooling.LAST, List.of("c", "b")).fids()).containsExactly(fids("c"));
    assertThat(encode(Pooling.LAST, "c").fids()).containsExactly(fids("c"));
  }

  @Test
  void anEmptySequenceIsTheFieldsMissingId() {
    assertThat(encode(Pooling.MEAN, List.of()).fids())
        .containsExactly(Fids.BIAS, Fids.missing(1), Fids.missing(2));
  }

  private static Example encode(Pooling pooling, Object recent) {
    ExampleEncoder encoder = encoder(pooling);
    DecodeResult<Example> outcome =
        encoder.encode(FeatureValues.of(encoder.names(), Map.of("recent", recent)));
    return good(outcome);
  }

  private static ExampleEncoder encoder(Pooling pooling) {
    Field recent = new SequenceField("recent", 2, "item", 2, pooling);
    return new ExampleEncoder(new FeatureSchema(List.of(ITEM, recent), "item"));
  }

  private static long[] fids(String... recent) {
    Stream<Long> values = Arrays.stream(recent).map(value -> Fids.of(2, ValueHash.of(value)));
    return Stream.concat(Stream.of(Fids.BIAS, Fids.missing(1)), values)
        .mapToLong(fid -> fid)
        .toArray();
  }
}
