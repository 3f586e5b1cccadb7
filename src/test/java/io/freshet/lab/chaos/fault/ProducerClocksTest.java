package io.freshet.lab.chaos.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.stream.EventJson;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

final class ProducerClocksTest {
  private static final long TIME = 1_767_225_600_000L;
  private static final long MINUTE = 60_000;

  private final ProducerClocks clocks = new ProducerClocks();
  private final List<EventRecord> events =
      IntStream.range(0, 100)
          .mapToObj(
              user ->
                  event(
                      "u" + user,
                      EventJson.impression("i" + user, TIME, Map.of("user", "u" + user))))
          .toList();

  @Test
  void clocksAgreeAtFirst() {
    assertThat(events).allSatisfy(event -> assertThat(clocks.apply(event)).isSameAs(event));
  }

  @Test
  void oneProducerOfTwoIsAheadInItsOwnPartitions() {
    clocks.advance(Duration.ofMinutes(2));
    clocks.advance(Duration.ofMinutes(1));

    assertThat(events)
        .allSatisfy(
            event -> {
              long ahead = partition(event, 2) == 0 ? 3 * MINUTE : 0;
              EventRecord sent = clocks.apply(event);
              assertThat(partition(event, 4) % 2).isEqualTo(partition(event, 2));
              assertThat(sent.time()).isEqualTo(TIME + ahead);
              assertThat(new String(sent.value(), UTF_8))
                  .isEqualTo(
                      new String(event.value(), UTF_8)
                          .replace(String.valueOf(TIME), String.valueOf(TIME + ahead)));
            })
        .extracting(event -> partition(event, 2))
        .contains(0, 1);
  }

  @Test
  void whatHoldsNoTimeIsSentAsItIs() {
    clocks.advance(Duration.ofMinutes(1));
    byte[] bytes = {'{', (byte) 0xff, '}'};

    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(clocks.apply(event(event.key().orElseThrow(), bytes)).value())
                    .isEqualTo(bytes));
  }

  private static int partition(EventRecord event, int partitions) {
    byte[] key = event.key().orElseThrow().getBytes(UTF_8);
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  private static EventRecord event(String user, byte[] json) {
    return new EventRecord(Topic.IMPRESSIONS, Optional.of(user), TIME, json);
  }
}
