package io.freshet.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.event.Rejection;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.source.SourceRecord.Tick;
import io.freshet.job.source.SourceRecord.Tombstone;
import io.freshet.join.JoinSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ticks are due each second of event time. */
final class ClickDeserializerTest {
  private static final long T = 1_700_000_000_000L;

  private final ClickDeserializer deserializer =
      new ClickDeserializer(
          EventSettings.DEFAULT,
          JoinSettings.DEFAULT.definition().actions(),
          Duration.ofSeconds(1));
  private final List<SourceRecord<Click>> out = new ArrayList<>();
  private long offset;

  @BeforeEach
  void open() throws IOException {
    deserializer.open();
  }

  @Test
  void tickGoesAheadOfTheRecordThatMovesTime() throws IOException {
    read(0, click(T));

    assertThat(out).containsExactly(new Tick<>(T), new Good<>(new Click("a", T), T, 0, 0, 0));
  }

  @Test
  void noFurtherTickUntilTimeHasGoneOnByTheStep() throws IOException {
    read(0, click(T));
    read(0, click(T + 999));
    read(0, click(T - 5000));
    read(0, click(T + 1000));

    assertThat(out)
        .filteredOn(Tick.class::isInstance)
        .containsExactly(new Tick<>(T), new Tick<>(T + 1000));
  }

  @Test
  void eachPartitionHasItsOwnTicks() throws IOException {
    read(2, click(T));
    read(0, click(T));
    read(2, click(T));

    assertThat(out).filteredOn(Tick.class::isInstance).hasSize(2);
  }

  @Test
  void badRecordBecomesADeadLetterWithoutTime() throws IOException {
    byte[] bytes = "{\"timestamp\": 1}".getBytes(UTF_8);

    read(3, bytes);

    assertThat(out).hasSize(1);
    assertThat(out.get(0).timestamp()).isEqualTo(TimestampAssigner.NO_TIMESTAMP);
    DeadLetter letter = ((Dead<Click>) out.get(0)).letter();
    assertThat(letter.topic()).isEqualTo("clicks");
    assertThat(letter.partition()).isEqualTo(3);
    assertThat(letter.offset()).isZero();
    assertThat(letter.kafkaTimestamp()).isEqualTo(T);
    assertThat(letter.value()).isSameAs(bytes);
  }

  @Test
  void recordWithoutValueIsATombstoneAndOneOfNoBytesADeadLetter() throws IOException {
    read(2, null);
    read(0, new byte[0]);

    assertThat(out.get(0)).isEqualTo(new Tombstone<>(2, 0));
    DeadLetter letter = ((Dead<Click>) out.get(1)).letter();
    assertThat(letter.rejection().kind()).isEqualTo(Rejection.Kind.EMPTY);
  }

  @Test
  void recordOfAnotherVersionBecomesADeadLetterAsItIs() throws IOException {
    byte[] bytes = click(T);
    ConsumerRecord<byte[], byte[]> record = record(0, bytes);
    record.headers().add("event-version", "2".getBytes(UTF_8));

    deserializer.deserialize(record, new ListCollector());

    DeadLetter letter = ((Dead<Click>) out.get(0)).letter();
    assertThat(letter.rejection().kind()).isEqualTo(Rejection.Kind.UNKNOWN_VERSION);
    assertThat(letter.value()).isSameAs(bytes);
  }

  private void read(int partition, byte[] value) throws IOException {
    deserializer.deserialize(record(partition, value), new ListCollector());
  }

  private ConsumerRecord<byte[], byte[]> record(int partition, byte[] value) {
    return new ConsumerRecord<>(
        "clicks",
        partition,
        offset++,
        T,
        TimestampType.CREATE_TIME,
        0,
        value == null ? 0 : value.length,
        null,
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  private static byte[] click(long timestamp) {
    return "{\"impression_id\": \"a\", \"timestamp\": %s}".formatted(timestamp).getBytes(UTF_8);
  }

  private final class ListCollector implements Collector<SourceRecord<Click>> {
    @Override
    public void collect(SourceRecord<Click> record) {
      out.add(record);
    }

    @Override
    public void close() {}
  }
}
