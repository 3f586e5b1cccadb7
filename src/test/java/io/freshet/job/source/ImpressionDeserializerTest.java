package io.freshet.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.Rejection;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.NumericField;
import io.freshet.feature.example.EncodedImpression;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

final class ImpressionDeserializerTest {
  private static final long T = 1_700_000_000_000L;
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new NumericField("price", 2, new NumericField.Transform.Identity())),
          "user");

  @Test
  void impressionIsEncodedOnItsWay() throws IOException {
    DecodeResult<EncodedImpression> outcome =
        decode("{\"user\": \"u1\", \"price\": 3, \"more\": 1}");

    EncodedImpression impression = ((DecodeResult.Good<EncodedImpression>) outcome).value();
    assertThat(impression.id()).isEqualTo("a");
    assertThat(impression.timestamp()).isEqualTo(T);
    assertThat(Arrays.stream(impression.example().fids()).mapToInt(Fids::field))
        .containsExactly(0, 1, 2);
    assertThat(impression.example().values()).containsExactly(1, 1, 3);
    assertThat(((DecodeResult.Good<EncodedImpression>) outcome).ignored()).isEqualTo(1);
  }

  @Test
  void impressionThatDoesNotFitTheSchemaIsRejected() throws IOException {
    DecodeResult<EncodedImpression> outcome = decode("{\"user\": \"u1\", \"price\": \"dear\"}");

    assertThat(((DecodeResult.Rejected<EncodedImpression>) outcome).rejection().kind())
        .isEqualTo(Rejection.Kind.WRONG_TYPE);
  }

  @Test
  void travelsToTheCluster() throws Exception {
    ImpressionDeserializer copy = InstantiationUtil.clone(deserializer());
    copy.open();

    assertThat(copy.decode(new byte[0], RecordHeaders.NONE, T))
        .isInstanceOf(DecodeResult.Rejected.class);
  }

  private static DecodeResult<EncodedImpression> decode(String features) throws IOException {
    ImpressionDeserializer deserializer = deserializer();
    deserializer.open();
    String json =
        "{\"impression_id\": \"a\", \"timestamp\": %s, \"features\": %s}".formatted(T, features);
    return deserializer.decode(json.getBytes(UTF_8), RecordHeaders.NONE, T);
  }

  private static ImpressionDeserializer deserializer() {
    return new ImpressionDeserializer(EventSettings.DEFAULT, SCHEMA, Duration.ofSeconds(1));
  }
}
