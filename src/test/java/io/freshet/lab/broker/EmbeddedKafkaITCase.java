package io.freshet.lab.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.kafka.clients.producer.ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.RETRIES_CONFIG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaITCase {
  private static final long LONG_AGO = 1_000_000_000_000L;

  @TempDir private Path directory;

  @Test
  void recordsComeBackWithTheTimeTheirProducerGave() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.topics().create("events", 3);

      send(kafka, "events", "one", LONG_AGO);

      assertThat(TopicContents.of(kafka, "events"))
          .singleElement()
          .satisfies(
              r -> {
                assertThat(r.value()).isEqualTo("one");
                assertThat(r.timestamp()).isEqualTo(LONG_AGO);
              });
    }
  }

  @Test
  void aNewTopicTakesWhatIsWrittenAtOnce() throws Exception {
    Map<String, Object> noRetry = Map.of(ENABLE_IDEMPOTENCE_CONFIG, false, RETRIES_CONFIG, 0);
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      for (int topic = 0; topic < 10; topic++) {
        String name = "new-" + topic;
        kafka.topics().create(name, 16);
        try (var producer = kafka.clients().producer(noRetry)) {
          for (int partition = 15; partition >= 0; partition--) {
            producer.send(new ProducerRecord<>(name, partition, null, new byte[1])).get();
          }
        }
      }
    }
  }

  @Test
  void aTopicMayStampRecordsWithTheBrokersTime() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.topics().create("arrivals", 1, TimestampType.LOG_APPEND_TIME);

      send(kafka, "arrivals", "one", LONG_AGO);

      assertThat(TopicContents.of(kafka, "arrivals"))
          .singleElement()
          .satisfies(r -> assertThat(r.timestamp()).isGreaterThan(LONG_AGO));
    }
  }

  @Test
  void aRestartKeepsRecordsAndAddress() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
      kafka.topics().create("events", 1);
      send(kafka, "events", "before", LONG_AGO);
      String address = kafka.bootstrapServers();

      kafka.stop();
      kafka.restart();
      send(kafka, "events", "after", LONG_AGO);

      assertThat(kafka.bootstrapServers()).isEqualTo(address);
      assertThat(TopicContents.of(kafka, "events"))
          .extracting(ConsumerRecord::value)
          .containsExactly("before", "after");
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
      assertThat(TopicContents.of(kafka, "events")).hasSize(2);
    }
  }

  @Test
  void closingATemporaryBrokerLeavesNothingBehind() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    Path data = kafka.directory();
    assertThat(data).isNotEmptyDirectory();

    kafka.close();

    assertThat(data).doesNotExist();
  }

  @Test
  void topicsAreCreatedOnceAndNeverByAccident() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.topics().ensure(List.of("a", "b"), 2);
      kafka.topics().ensure(List.of("a", "b", "c"), 2);

      assertThatIOException()
          .isThrownBy(() -> kafka.topics().create("a", 2))
          .withMessageContaining("creation of topic a at " + kafka.bootstrapServers())
          .withMessageContaining("already exists");
    }
  }

  @Test
  void topicsThatAnotherClientCreatesInBetweenExist() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      for (int round = 0; round < 20; round++) {
        List<String> names = List.of("x" + round, "y" + round);
        CompletableFuture<?>[] clients =
            Stream.generate(() -> CompletableFuture.runAsync(() -> ensure(kafka, names)))
                .limit(4)
                .toArray(CompletableFuture<?>[]::new);

        CompletableFuture.allOf(clients).get(1, TimeUnit.MINUTES);
      }
    }
  }

  private static void ensure(EmbeddedKafka kafka, List<String> names) {
    try {
      kafka.topics().ensure(names, 1);
    } catch (IOException | InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      int port = Integer.parseInt(kafka.bootstrapServers().split(":")[1]);

      assertThatIOException()
          .isThrownBy(() -> EmbeddedKafka.start(directory, port))
          .withMessageContaining("port " + port);
    }
  }

  private static void send(EmbeddedKafka kafka, String topic, String value, long time)
      throws Exception {
    try (var producer = kafka.clients().producer(Map.of())) {
      byte[] key = "key".getBytes(UTF_8);
      producer.send(new ProducerRecord<>(topic, 0, time, key, value.getBytes(UTF_8))).get();
    }
  }
}
