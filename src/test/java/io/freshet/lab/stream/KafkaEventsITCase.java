package io.freshet.lab.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.lab.stream.EventRecord.Topic;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KafkaEventsITCase {
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = EmbeddedKafka.start();
    kafka.topics().ensure(List.of("shown", "clicked", "arrived", "unread"), 2);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Test
  void recordsGoToTheirTopicsWithKeyAndEventTime() throws Exception {
    try (KafkaEvents events = open("shown", Timestamps.EVENT)) {
      events.send(record(Topic.IMPRESSIONS, 946_684_800_000L, 10));
      events.send(record(Topic.CLICKS, 946_684_800_001L, 20));
      events.flush();
    }

    assertThat(TopicContents.of(kafka, "shown"))
        .singleElement()
        .satisfies(
            r -> {
              assertThat(r.key()).isEqualTo("u1");
              assertThat(r.timestamp()).isEqualTo(946_684_800_000L);
            });
    assertThat(TopicContents.of(kafka, "clicked")).hasSize(1);
  }

  @Test
  void recordsMayCarryTheTimeOfSending() throws Exception {
    long before = System.currentTimeMillis();
    try (KafkaEvents events = open("arrived", Timestamps.ARRIVAL)) {
      events.send(record(Topic.IMPRESSIONS, 946_684_800_000L, 10));
      events.flush();
    }

    assertThat(TopicContents.of(kafka, "arrived"))
        .singleElement()
        .satisfies(r -> assertThat(r.timestamp()).isGreaterThanOrEqualTo(before));
  }

  @Test
  void aRefusedRecordShowsAtTheFlush() throws Exception {
    try (KafkaEvents events = open("shown", Timestamps.EVENT)) {
      events.send(record(Topic.IMPRESSIONS, 946_684_800_000L, 2 << 20));

      assertThatIOException()
          .isThrownBy(events::flush)
          .withMessageContaining("Kafka refused a record")
          .withMessageContaining("max.request.size");
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    try (KafkaEvents events = open("unread", Timestamps.EVENT)) {
      events.send(record(Topic.IMPRESSIONS, 946_684_800_000L, 10));
      Thread.currentThread().interrupt();

      assertThatExceptionOfType(InterruptedException.class).isThrownBy(events::flush);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  private static KafkaEvents open(String impressions, Timestamps timestamps) throws IOException {
    return new KafkaEvents(kafka.clients(), impressions, "clicked", timestamps);
  }

  private static EventRecord record(Topic topic, long time, int bytes) {
    return new EventRecord(topic, Optional.of("u1"), time, new byte[bytes]);
  }
}
