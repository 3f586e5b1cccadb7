package io.freshet.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.Rejection;
import io.freshet.event.decode.ClickDecoder;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.deadletter.DeadLetterSerializer;
import io.freshet.job.example.SkippedExampleSerializer;
import io.freshet.train.SkippedExample;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

final class SinkRecordsTest {
  private static final Rejection REJECTION =
      new Rejection(Rejection.Kind.MISSING_KEY, "impression_id is missing");

  @Test
  void deadLetterHoldsTheOriginalBytesAndWhereTheyCameFrom() {
    byte[] bytes = {1, 2, 3};

    ProducerRecord<byte[], byte[]> record =
        written(new DeadLetter("clicks", 3, 1207, 1_700_000_000_000L, REJECTION, bytes));

    assertThat(record.topic()).isEqualTo("dead");
    assertThat(record.key()).asString(UTF_8).isEqualTo("clicks-3-1207");
    assertThat(record.value()).isEqualTo(bytes);
    assertThat(record.timestamp()).isNull();
    assertThat(headers(record))
        .isEqualTo(
            Map.of(
                "reason", "impression_id is missing",
                "kind", "missing-key",
                "topic", "clicks",
                "partition", "3",
                "offset", "1207",
                "kafka-timestamp", "1700000000000"));
  }

  @Test
  void deadLetterOfARecordWithoutValueHasNone() {
    assertThat(written(new DeadLetter("clicks", 3, 1207, 1, REJECTION, null)).value()).isNull();
  }

  @Test
  void deadLetterTooLargeForKafkaIsCut() {
    byte[] bytes = new byte[3_000_000];
    Rejection verbose = new Rejection(Rejection.Kind.TOO_LARGE, "x".repeat(50_000));

    ProducerRecord<byte[], byte[]> record =
        written(new DeadLetter("clicks", 3, 1207, 1, verbose, bytes));

    assertThat(record.value()).hasSize(1_000_000);
    assertThat(headers(record)).containsEntry("bytes", "3000000");
    assertThat(headers(record).get("reason")).hasSize(1_000);
  }

  @Test
  void anExampleThatWasNotLearnedIsWrittenAsItWasEncoded() {
    Example example = new Example(5, new long[] {7, 1L << 60}, new float[] {1, Float.NaN});
    LabeledExample labelled =
        new LabeledExample("i-1", 1_700_000_000_000L, 1, Float.POSITIVE_INFINITY, example);

    ProducerRecord<byte[], byte[]> record =
        new SkippedExampleSerializer("dead")
            .serialize(new SkippedExample(labelled, "not learned: logit NaN"), null, 1L);

    assertThat(record.topic()).isEqualTo("dead");
    assertThat(record.key()).asString(UTF_8).isEqualTo("impression-i-1");
    assertThat(record.value())
        .asString(UTF_8)
        .isEqualTo(
            "{\"impression_id\":\"i-1\",\"time\":1700000000000,\"told\":\"decided\",\"label\":1.0,"
                + "\"weight\":\"Infinity\",\"user\":5,\"fids\":[7,1152921504606846976],\"values\":[1.0,\"NaN\"]}");
    assertThat(headers(record))
        .isEqualTo(
            Map.of(
                "reason", "not learned: logit NaN",
                "kind", "not-learned",
                "impression-id", "i-1"));
  }

  @Test
  void lateClickIsTheClickEventThatItWas() {
    Click click = new Click("a \"quoted\" id", 1_700_000_000_000L);

    ProducerRecord<byte[], byte[]> record =
        new LateClickSerializer("late").serialize(click, null, 1L);

    assertThat(record.topic()).isEqualTo("late");
    assertThat(record.key()).asString(UTF_8).isEqualTo(click.impressionId());
    assertThat(headers(record)).isEqualTo(Map.of("event-version", "1"));
    assertThat(new ClickDecoder(EventSettings.DEFAULT).decode(record.value(), click.timestamp()))
        .isEqualTo(new DecodeResult.Good<>(click, 0));
  }

  @Test
  void lateActionKeepsItsName() {
    Click click = new Click("i-1", 1_700_000_000_000L, "purchase");

    ProducerRecord<byte[], byte[]> record =
        new LateClickSerializer("late").serialize(click, null, 1L);

    assertThat(new ClickDecoder(EventSettings.DEFAULT).decode(record.value(), click.timestamp()))
        .isEqualTo(new DecodeResult.Good<>(click, 0));
  }

  private static ProducerRecord<byte[], byte[]> written(DeadLetter letter) {
    return new DeadLetterSerializer("dead").serialize(letter, null, 1L);
  }

  private static Map<String, String> headers(ProducerRecord<byte[], byte[]> record) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      headers.put(header.key(), new String(header.value(), UTF_8));
    }
    return headers;
  }
}
