package io.freshet.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;

/** What decoding gave, for tests to look at. */
public final class Decoded {
  private Decoded() {}

  public static <T> T good(DecodeResult<T> result) {
    assertThat(result).isInstanceOf(DecodeResult.Good.class);
    return ((DecodeResult.Good<T>) result).value();
  }

  public static Rejection rejection(DecodeResult<?> result) {
    assertThat(result).isInstanceOf(DecodeResult.Rejected.class);
    return ((DecodeResult.Rejected<?>) result).rejection();
  }

  /** Whether a record of any bytes is good; its values are finite, or the reason is of use. */
  public static boolean isSaneAndGood(DecodeResult<?> result) {
    if (result instanceof DecodeResult.Rejected<?> rejected) {
      assertThat(rejected.rejection().reason())
          .isNotBlank()
          .hasSizeLessThan(2000)
          .doesNotContain(
              "the JSON parser failed", "the Avro reader failed", "the Protobuf reader failed");
      return false;
    }
    if (good(result) instanceof Impression impression) {
      FeatureValues values = impression.features();
      assertThat(impression.weight()).isPositive().isFinite();
      assertThat(impression.id()).isNotEmpty();
      for (int feature = 0; feature < values.names().size(); feature++) {
        for (int i = 0; i < values.count(feature); i++) {
          assertThat((float) values.number(values.first(feature) + i)).isFinite();
        }
      }
    }
    return true;
  }

  /** A feature's values as type, text and number. */
  public static List<String> texts(FeatureValues values, int feature) {
    int first = values.first(feature);
    return IntStream.range(first, first + values.count(feature))
        .mapToObj(
            value ->
                "%s %s %s"
                    .formatted(
                        values.type(value),
                        new String(
                            values.utf8(),
                            values.textStart(value),
                            values.textLength(value),
                            UTF_8),
                        values.number(value)))
        .toList();
  }

  /** The values of all features, each behind its feature's name and whether they are a list. */
  public static List<String> texts(FeatureValues values) {
    return IntStream.range(0, values.names().size())
        .boxed()
        .flatMap(
            feature ->
                texts(values, feature).stream()
                    .map(
                        text ->
                            "%s %s %s"
                                .formatted(
                                    values.names().name(feature), values.isList(feature), text)))
        .toList();
  }
}
