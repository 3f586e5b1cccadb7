package io.freshet.lab.cluster;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Impressions a second apart of 500 users and 77 items, every fourth clicked. */
final class SmallEvents {
  private static final long T = 1_767_225_600_000L;

  private SmallEvents() {}

  /** Sends the impressions of these numbers and their clicks. */
  static void send(EmbeddedKafka kafka, int from, int to) throws Exception {
    kafka.topics().ensure(List.of("impressions", "clicks"), 1);
    try (KafkaEvents events =
        new KafkaEvents(kafka.clients(), "impressions", "clicks", Timestamps.EVENT)) {
      for (int i = from; i < to; i++) {
        events.send(
            record(
                EventRecord.Topic.IMPRESSIONS,
                T + 1000L * i,
                """
                {"impression_id": "i%s", "timestamp": %s, "features": {"user": "u%s", "item": "n%s"}}\
                """
                    .formatted(i, T + 1000L * i, i % 500, i % 77)));
        if (i % 4 == 0) {
          events.send(
              record(
                  EventRecord.Topic.CLICKS,
                  T + 1000L * i + 500,
                  "{\"impression_id\": \"i%s\", \"timestamp\": %s}"
                      .formatted(i, T + 1000L * i + 500)));
        }
      }
      events.flush();
    }
  }

  private static EventRecord record(EventRecord.Topic topic, long time, String json) {
    return new EventRecord(topic, Optional.empty(), time, json.getBytes(StandardCharsets.UTF_8));
  }
}
