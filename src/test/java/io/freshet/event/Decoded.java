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
