package io.freshet.lab.evaluate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.freshet.config.LearnerConfig;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.lab.docs.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two learners of two trainers each on the same topics: their metrics by slice and user, their
 * predictions against each other, and the champion's snapshot on the examples it learned.
 */
@Timeout(120)
class EvaluationITCase {
  private static final long T = 1_700_000_000_000L;
  private static final int IMPRESSIONS = 4_000;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONFIG =
      """
      name: %s
      kafka: {bootstrap-servers: "%s", topics: {metrics: metrics-%s, snapshots: snapshots-%s}}
      features:
        - {name: user, kind: categorical}
        - {name: item, kind: categorical}
        - {name: device, kind: categorical}
      join: {window: 1 s, breaker: {enabled: false}}
      model: {kind: %s}
      evaluate: {window: 10 min, slices: [device], slice-values: 2}
      predictions: {to: topic}
      examples: {to: files, dir: "%s"}
      snapshot: {root: "%s"}
      checkpoint: {interval: 1 s, dir: "%s", backend: hashmap}
      parallelism: 2
      """;

  @TempDir static Path folder;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void learn() throws Exception {
    kafka = EmbeddedKafka.start();
    for (String topic : List.of("impressions", "clicks")) {
      kafka.topics().create(topic, 2);
    }
    feed();
    JobClient champion = start("champion", "fm");
    JobClient challenger = start("challenger", "lr");
    champion.getJobExecutionResult().get();
    challenger.getJobExecutionResult().get();
  }

  @AfterAll
  static void stop() throws Exception {
    kafka.close();
  }

  @Test
  void slicesAreReportedByTheirTexts() throws Exception {
    Map<String, JsonNode> last = new HashMap<>();
    long whole = 0;
    for (var record : TopicContents.of(kafka, "metrics-champion")) {
      JsonNode report = JSON.readTree(record.value());
      assertThat(schema("metrics").validate(report)).isEmpty();
      if (report.get("series").asText().equals("slice")) {
        last.put(report.at("/slice/value").asText(), report.get("since_start"));
        assertThat(record.key()).startsWith("champion/device=");
      } else if (report.get("series").asText().equals("progressive")) {
        whole = Math.max(whole, report.at("/since_start/examples").asLong());
      }
    }

    assertThat(whole).isEqualTo(IMPRESSIONS);
    assertThat(last).hasSize(3).containsKey("(other)");
    assertThat(Set.of("phone", "tablet", "tv")).containsAll(named(last));
    assertThat(last.values().stream().mapToLong(of -> of.get("examples").asLong()).sum())
        .isEqualTo(IMPRESSIONS);
  }

  private static Set<String> named(Map<String, JsonNode> slices) {
    Set<String> named = new HashSet<>(slices.keySet());
    named.remove("(other)");
    return named;
  }

  @Test
  void predictionsOfBothAreComparedByImpression() throws Exception {
    for (var record : TopicContents.of(kafka, "predictions")) {
      assertThat(schema("prediction").validate(JSON.readTree(record.value()))).isEmpty();
    }

    JsonNode json =
        json(
            "--compare",
            "champion@topic:predictions",
            "challenger@topic:predictions",
            "--bootstrap-servers=" + kafka.bootstrapServers());

    assertThat(json.at("/pairs").asInt()).isEqualTo(IMPRESSIONS);
    assertThat(json.at("/weights_differ").asInt()).isZero();
    assertThat(json.at("/difference/logloss/low").asDouble())
        .isLessThan(json.at("/difference/logloss/high").asDouble());
  }

  /** What the metrics topic says is what follows from the predictions, one by one. */
  @Test
  void metricsAreThoseOfThePredictions() throws Exception {
    List<JsonNode> predictions = new ArrayList<>();
    for (var record : TopicContents.of(kafka, "predictions")) {
      JsonNode prediction = JSON.readTree(record.value());
      if (prediction.get("model").asText().equals("champion")) {
        predictions.add(prediction);
      }
    }
    JsonNode last = null;
    for (var record : TopicContents.of(kafka, "metrics-champion")) {
      JsonNode report = JSON.readTree(record.value());
      last = report.get("series").asText().equals("progressive") ? report.get("since_start") : last;
    }

    assertThat(predictions).hasSize(IMPRESSIONS);
    double loss = 0;
    Map<Long, List<JsonNode>> users = new HashMap<>();
    for (JsonNode of : predictions) {
      double p = of.get("prediction").asDouble();
      loss -= Math.log(of.get("label").asInt() == 1 ? p : 1 - p);
      users.computeIfAbsent(of.get("user").asLong(), user -> new ArrayList<>()).add(of);
    }
    assertThat(last.get("logloss").asDouble()).isCloseTo(loss / IMPRESSIONS, within(1e-6));
    assertThat(last.get("gauc").asDouble()).isCloseTo(gauc(users), within(1e-9));
    assertThat(last.get("users_per_64").asDouble()).isBetween(15.0, 20.0); // half of 37 a trainer
  }

  private static double gauc(Map<Long, List<JsonNode>> users) {
    double sum = 0;
    double weights = 0;
    for (List<JsonNode> user : users.values()) {
      double right = 0;
      double pairs = 0;
      for (JsonNode up : user) {
        for (JsonNode down : user) {
          if (up.get("label").asInt() == 1 && down.get("label").asInt() == 0) {
            int sign =
                Double.compare(up.get("prediction").asDouble(), down.get("prediction").asDouble());
            right += (1 + sign) / 2.0;
            pairs++;
          }
        }
      }
      if (pairs > 0) {
        sum += user.size() * right / pairs;
        weights += user.size();
      }
    }
    return sum / weights;
  }

  @Test
  void aSnapshotIsScoredOnExamplesAndOnATable() throws IOException {
    String snapshot = "--snapshot=" + folder.resolve("champion/snapshots");
    Path table = folder.resolve("test.csv");
    StringBuilder rows = new StringBuilder("user,item,device,label\n");
    for (int i = 0; i < IMPRESSIONS; i++) {
      rows.append("u%s,i%s,%s,%s%n".formatted(i % 37, i % 11, device(i), clicked(i) ? 1 : 0));
    }
    Files.writeString(table, rows);

    JsonNode examples =
        json(snapshot, "--data=" + folder.resolve("champion/examples"), "--slice=device");
    JsonNode csv = json(snapshot, "--data=" + table, "--slice=device");

    assertThat(examples.at("/examples").asInt()).isEqualTo(IMPRESSIONS);
    for (String figure : List.of("auc", "gauc", "logloss", "ne", "calibration")) {
      JsonNode of = csv.at("/figures/" + figure);
      assertThat(of.get("value").asDouble())
          .isCloseTo(examples.at("/figures/" + figure + "/value").asDouble(), within(1e-6));
      assertThat(of.get("value").asDouble())
          .isBetween(of.get("low").asDouble(), of.get("high").asDouble());
    }
    assertThat(csv.at("/figures/auc/value").asDouble()).isGreaterThan(0.9);
    assertThat(csv.at("/deciles")).hasSize(10);
    assertThat(csv.at("/slices")).hasSize(3);
    assertThat(csv.toString()).contains("\"phone\"");
    assertThat(examples.toString()).contains("\"0x3");
  }

  @Test
  void aFieldThatTheModelLacksIsRefused() {
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "--snapshot=" + folder.resolve("champion/snapshots"),
            "--data=" + folder,
            "--slice=color");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("no field is named color");
  }

  private static JsonNode json(String... args) throws IOException {
    List<String> all = new ArrayList<>(List.of("evaluate", "--json", "--replicates=100"));
    all.addAll(List.of(args));
    CommandRun run = CommandRun.of(all.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return JSON.readTree(run.out());
  }

  private static JobClient start(String name, String kind) throws Exception {
    Path out = folder.resolve(name);
    String text =
        CONFIG.formatted(
            name,
            kafka.bootstrapServers(),
            name,
            name,
            kind,
            out.resolve("examples").toUri(),
            out.resolve("snapshots").toUri(),
            out.resolve("checkpoints").toUri());
    LearnerJob job = new LearnerJob(LearnerConfig.parse(text, "learner.yaml", List.of()), true);
    var env = job.localEnvironment(new Configuration());
    job.build(env);
    return env.executeAsync();
  }

  private static void feed() throws IOException {
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = 0; i < IMPRESSIONS; i++) {
        long shown = T + 1000L * i;
        String features =
            ", \"features\": {\"user\": \"u%d\", \"item\": \"i%d\", \"device\": \"%s\"}";
        send(producer, "impressions", i, shown, features.formatted(i % 37, i % 11, device(i)));
        if (clicked(i)) {
          send(producer, "clicks", i, shown + 100, "");
        }
      }
    }
  }

  private static String device(int i) {
    return List.of("phone", "tablet", "tv").get(i % 5 % 3);
  }

  private static boolean clicked(int i) {
    return (i % 37 * 3 + i % 11 * 5) % 9 < 3;
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, int i, long time, String more) {
    String json = "{\"impression_id\": \"i%s\", \"timestamp\": %s%s}".formatted(i, time, more);
    producer.send(new ProducerRecord<>(topic, i % 2, time, null, json.getBytes(UTF_8)));
  }

  private static JsonSchema schema(String name) throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(Path.of("schemas/" + name + ".schema.json")));
  }
}
