package io.freshet.job.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.event.Rejection;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.source.ClickDeserializer;
import io.freshet.job.source.EventSources;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.source.SourceRouter;
import io.freshet.join.JoinSettings;
import io.freshet.wire.WireType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RowEventsOperatorTest {
  private static final long T = 1_767_225_600_000L;
  private static final long BOUND = JoinSettings.DEFAULT.outOfOrderness().toMillis();

  private OneInputStreamOperatorTestHarness<Row, SourceRecord<Click>> harness;
  private long now = T + 3_600_000;

  @BeforeEach
  void open() throws Exception {
    EventSettings settings = EventSettings.DEFAULT;
    var deserializer =
        new ClickDeserializer(
            settings.ofColumns(settings.impressionMapping(), settings.actionMapping()),
            List.of(),
            Duration.ofSeconds(1));
    harness =
        new OneInputStreamOperatorTestHarness<>(
            new RowEvents<>(
                "clicks",
                deserializer,
                EventSources.clickWatermarks(JoinSettings.DEFAULT, "clicks", SourceRouter.NEVER),
                true));
    harness.setup(WireType.<SourceRecord<Click>>of(SourceRecord.class, Click.class).serializer());
    harness.getExecutionConfig().setAutoWatermarkInterval(200);
    harness.setProcessingTime(now);
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aRowIsAnEventOrADeadLetterWithItsColumns() throws Exception {
    show("i", T);
    show(null, T);

    List<SourceRecord<Click>> records = harness.extractOutputValues();
    assertThat(records).filteredOn(Good.class::isInstance).hasSize(1);
    assertThat(records)
        .filteredOn(Dead.class::isInstance)
        .singleElement()
        .satisfies(
            record -> {
              DeadLetter letter = ((Dead<Click>) record).letter();
              assertThat(letter.topic()).isEqualTo("clicks");
              assertThat(letter.offset()).isEqualTo(SourceRecord.NO_OFFSET);
              assertThat(letter.rejection().kind()).isEqualTo(Rejection.Kind.MISSING_KEY);
              assertThat(new String(letter.value(), UTF_8))
                  .isEqualTo("{\"impression_id\":null,\"timestamp\":" + T + "}");
            });
  }

  @Test
  void timeIsTheLesserOfTheTablesAndOfItsEvents() throws Exception {
    show("i", T);
    settle();
    assertThat(watermarks()).isEmpty();

    harness.processWatermark(new Watermark(T - BOUND - 1000));
    harness.processWatermark(new Watermark(T));

    assertThat(watermarks()).containsExactly(T - BOUND - 1000, T - BOUND - 1);
  }

  @Test
  void aWrongClockDoesNotLead() throws Exception {
    for (int i = 0; i < 20; i++) {
      show("i" + i, T + i);
    }
    settle();
    show("ahead", now);
    harness.processWatermark(new Watermark(now));

    assertThat(watermarks()).containsExactly(T + 19 - BOUND - 1);

    harness.processWatermark(new Watermark(Long.MAX_VALUE));
    assertThat(watermarks()).endsWith(Long.MAX_VALUE);
  }

  private void show(String id, long time) throws Exception {
    Row row = Row.withNames();
    row.setField("impression_id", id);
    row.setField("timestamp", Instant.ofEpochMilli(time));
    harness.processElement(new StreamRecord<>(row));
  }

  /** So long that first events are followed. */
  private void settle() throws Exception {
    for (int i = 0; i < 20; i++) {
      now += 200;
      harness.setProcessingTime(now);
    }
  }

  private List<Long> watermarks() {
    return harness.getOutput().stream()
        .filter(Watermark.class::isInstance)
        .map(mark -> ((Watermark) mark).getTimestamp())
        .toList();
  }
}
