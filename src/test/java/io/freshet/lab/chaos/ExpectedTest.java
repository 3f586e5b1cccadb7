package io.freshet.lab.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.lab.stream.EventJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

final class ExpectedTest {
  private static final long T = 1_700_000_000_000L;
  private static final long WINDOW = 60_000;
  private static final LearnerConfig CONFIG =
      LearnerConfig.parse(
          """
          kafka: {bootstrap-servers: "localhost:1"}
          features: [{name: user, kind: categorical}, {name: item, kind: categorical}]
          join: {window: 1 min}
          """,
          "test",
          List.of());

  private final List<ConsumerRecord<byte[], byte[]>> impressions = new ArrayList<>();
  private final List<ConsumerRecord<byte[], byte[]>> clicks = new ArrayList<>();

  @Test
  void anImpressionIsPositiveIfItsFirstClickIsWithinTheWindow() {
    impression("a", "u");
    impression("b", "u");
    impression("c", "v");
    click("a", T + WINDOW);
    click("b", T + WINDOW + 1);

    assertThat(expected().examples()).isEqualTo(3);
    assertThat(expected().positives()).isEqualTo(1);
    assertThat(expected().lateClicks()).containsExactly("b");
  }

  @Test
  void repeatsCountOnce() {
    impression("a", "u");
    impression("a", "u");
    click("a", T + 1);
    click("a", T + 2 * WINDOW);

    assertThat(expected().examples()).isEqualTo(1);
    assertThat(expected().lateClicks()).isEmpty();
    assertThat(expected().occurrences().total()).isEqualTo(3); // bias, user, item
  }

  @Test
  void aClickWithoutAnImpressionIsLate() {
    click("nobody", T);

    assertThat(expected().lateClicks()).containsExactly("nobody");
  }

  @Test
  void badRecordsAreDeadLettersByTheirPlace() {
    add(impressions, "impressions", "{".getBytes(UTF_8));
    impression("a", "u");
    add(clicks, "clicks", new byte[0]);

    assertThat(expected().deadLetters()).containsExactlyInAnyOrder("impressions-0-0", "clicks-0-0");
    assertThat(expected().examples()).isEqualTo(1);
  }

  @Test
  void aCutCountsOnlyWhatLiesBeforeItsOffsets() {
    impression("a", "u");
    impression("b", "u");

    assertThat(expected().occurrencesBefore(Map.of("impressions-0", 1L)).total()).isEqualTo(3);
    assertThat(expected().occurrencesBefore(Map.of()).total()).isZero();
  }

  @Test
  void whatIsDecidedByATimeLiesBeforeTheOffsetsAndHasEndedItsWindow() {
    impression("a", "u");
    impression("b", "u");
    Instant end = Instant.ofEpochMilli(T + WINDOW + CONFIG.join().timerBucket().toMillis());
    Map<String, Long> first = Map.of("impressions-0", 1L);

    assertThat(expected().occurrencesDecided(first, end).total()).isZero();
    assertThat(expected().occurrencesDecided(first, end.plusMillis(1)).total()).isEqualTo(3);
    assertThat(expected().occurrencesDecided(Map.of(), end.plusMillis(1)).total()).isZero();
  }

  private Expected expected() {
    return Expected.of(CONFIG, impressions, clicks);
  }

  private void impression(String id, String user) {
    add(
        impressions,
        "impressions",
        EventJson.impression(id, T, Map.<String, Object>of("user", user, "item", "i")));
  }

  private void click(String id, long time) {
    add(clicks, "clicks", EventJson.click(id, time));
  }

  private static void add(
      List<ConsumerRecord<byte[], byte[]>> records, String topic, byte[] value) {
    records.add(
        new ConsumerRecord<>(
            topic,
            0,
            records.size(),
            T,
            TimestampType.CREATE_TIME,
            0,
            value.length,
            null,
            value,
            new RecordHeaders(),
            java.util.Optional.empty()));
  }
}
