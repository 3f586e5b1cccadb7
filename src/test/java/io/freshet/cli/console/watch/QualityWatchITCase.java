package io.freshet.cli.console.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.console.source.BestPossible;
import io.freshet.kafka.KafkaClients;
import io.freshet.lab.broker.EmbeddedKafka;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A metrics topic as consoles find it. */
@Timeout(60)
class QualityWatchITCase {
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void record() throws Exception {
    kafka = EmbeddedKafka.start();
    kafka.topics().create("metrics", 2);
    kafka.topics().create("empty", 1);
    try (var producer = kafka.clients().producer(Map.of())) {
      send(0, "{\"model\": \"a\"", producer);
      send(0, "[]", producer);
      send(0, report("a", "progressive", 0), producer);
      send(0, report("a", "at-impression", 1), producer);
      send(0, report("a", "progressive", 1), producer);
      send(1, report("b", "progressive", 0), producer);
      send(0, report("shop", "progressive", 0), producer);
      send(0, ofTask("click", 1, 0.3), producer);
      send(0, ofTask("purchase", 1, 0.05), producer);
      send(0, ofTask("click", 2, 0.25), producer);
    }
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void whatWasBeforeIsReadFromTheStartOfEveryPartition() throws Exception {
    JsonNode a = look("metrics", Optional.of("a"));

    assertThat(a.at("/curves/from")).hasSize(2);
    assertThat(a.path("unreadable").asInt()).isEqualTo(2);
    assertThat(a.path("others").get(0).asText()).isEqualTo("b");
    assertThat(look("metrics", Optional.of("b")).at("/curves/from")).hasSize(1);
  }

  @Test
  void eachTaskHasCurvesOfItsOwn() throws Exception {
    JsonNode shop = look("metrics", Optional.of("shop"));

    assertThat(shop.path("tasks").findValuesAsText("task")).containsExactly("click", "purchase");
    assertThat(shop.at("/tasks/0/curves/logloss").toString()).isEqualTo("[0.3,0.25]");
    assertThat(shop.at("/tasks/1/curves/logloss").toString()).isEqualTo("[0.05]");
    assertThat(shop.path("curves")).isEqualTo(shop.at("/tasks/0/curves"));
    assertThat(look("metrics", Optional.of("a")).has("tasks")).isFalse();
  }

  @Test
  void whatIsMissingIsTold() {
    assertThatThrownBy(() -> look("empty", Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("topic empty holds no report yet");
    assertThatThrownBy(() -> look("absent", Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("absent at " + kafka.bootstrapServers());
  }

  @Test
  void aKafkaThatDoesNotAnswerIsTold() {
    KafkaClients nobody = new KafkaClients("127.0.0.1:1").within(Duration.ofMillis(300));

    assertThatThrownBy(
            () -> look(new QualityWatch(nobody, "metrics", Optional.empty(), BestPossible.UNKNOWN)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("no answer from Kafka at 127.0.0.1:1 within ");
  }

  private static JsonNode look(String topic, Optional<String> model) throws Exception {
    return look(new QualityWatch(kafka.clients(), topic, model, BestPossible.UNKNOWN));
  }

  /** Some looks, as a first may not have everything yet. */
  private static JsonNode look(QualityWatch watch) throws Exception {
    try (watch) {
      JsonNode last = null;
      for (int i = 0; i < 4; i++) {
        last = watch.look();
      }
      return last;
    }
  }

  private static void send(int partition, String text, KafkaProducer<byte[], byte[]> producer)
      throws Exception {
    producer.send(new ProducerRecord<>("metrics", partition, null, text.getBytes(UTF_8))).get();
  }

  private static String ofTask(String task, int minute, double logloss) {
    return report("shop", "progressive", minute)
        .replace("{\"model\"", "{\"task\": \"" + task + "\", \"model\"")
        .replace("\"logloss\": 0.3", "\"logloss\": " + logloss);
  }

  private static String report(String model, String series, int minute) {
    return """
    {"model": "%s", "series": "%s",
     "window": {"from": %s, "to": %s, "examples": 10, "positives": 1, "ctr": 0.1,
                "logloss": 0.3, "auc": 0.7, "ne": 0.9, "calibration": 1},
     "since_start": {"examples": 10}}
    """
        .formatted(model, series, minute * 60_000, (minute + 1) * 60_000);
  }
}
