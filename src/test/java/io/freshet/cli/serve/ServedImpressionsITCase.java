package io.freshet.cli.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.console.watch.ServedWatch;
import io.freshet.config.LearnerConfig;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.kafka.TopicReader;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.docs.CommandRun;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.http.ModelServer;
import io.freshet.serve.http.ServeSettings;
import io.freshet.serve.impressions.ImpressionLog;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The loop: a server writes the impressions that it scored, the learner joins them with clicks and
 * learns, and the server scores them otherwise. Nobody else writes an impression. Then what was
 * served is evaluated by the labels that came of it.
 */
@Timeout(120)
class ServedImpressionsITCase {
  private static final double CLEARLY = 0.2;
  private static final String CONFIG =
      """
      name: loop
      kafka: {bootstrap-servers: "%s"}
      features:
        - {name: user, kind: categorical}
        - {name: price, kind: numeric, transform: log}
      join: {window: 500 ms, out-of-orderness: 0 s, timer-bucket: 100 ms}
      model: {embedding-size: 4, hidden-layers: [8]}
      snapshot: {root: "%s"}
      checkpoint: {interval: 500 ms, dir: "%s", backend: hashmap}
      parallelism: 1
      predictions: {to: topic}
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, JsonNode> answers = new HashMap<>(); // by impression
  private URI server;

  @Test
  void whatIsServedAndClickedIsScoredHigher() throws Exception {
    Path root = folder.resolve("snapshots");
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        SnapshotFollower follower =
            new SnapshotFollower(
                new SnapshotStore(new LocalStorage(root)), InstantSource.system());
        ModelServer served =
            new ModelServer(
                follower, Optional.of("loop"), ServeSettings.DEFAULT.withAddress("127.0.0.1", 0))) {
      JobClient job = start(kafka, root);
      served.start();
      follower.start(Duration.ofMillis(50));
      server =
          URI.create(
              "http://127.0.0.1:%s/v1/models/loop:predict".formatted(served.address().getPort()));
      while (follower.model().isEmpty()) {
        assertRuns(job);
        Thread.sleep(50);
      }

      try (ImpressionLog log = new ImpressionLog(kafka.clients(), "impressions");
          var clicks = kafka.clients().producer(Map.of())) {
        log.follow(served.service());
        untilLiked(job, clicks);
      }
      job.cancel().get();
      assertThat(Math.abs(first("liked-0") - first("ignored-0"))).isLessThan(0.1);
      assertWritten(kafka);
      assertEvaluated(kafka);
    }
  }

  /** Asks and clicks, until what is clicked is scored clearly higher than what is not. */
  private void untilLiked(JobClient job, Producer<byte[], byte[]> clicks) throws Exception {
    float liked = 0;
    float ignored = 0;
    for (int i = 0; liked < ignored + CLEARLY; i++) {
      assertRuns(job);
      JsonNode answer = ask(i);
      liked = answer.path("predictions").path(0).floatValue();
      ignored = answer.path("predictions").path(1).floatValue();
      String click =
          "{\"impression_id\": \"liked-%s\", \"timestamp\": %s}"
              .formatted(i, System.currentTimeMillis());
      clicks.send(new ProducerRecord<>("clicks", click.getBytes(UTF_8)));
      Thread.sleep(5);
    }
  }

  private double first(String impression) {
    int instance = impression.startsWith("liked") ? 0 : 1;
    return answers.get(impression).path("predictions").path(instance).asDouble();
  }

  private JobClient start(EmbeddedKafka kafka, Path root) throws Exception {
    kafka.topics().create("impressions", 1);
    kafka.topics().create("clicks", 1);
    kafka.topics().create("predictions", 1);
    String yaml =
        CONFIG.formatted(
            kafka.bootstrapServers(), root.toUri(), folder.resolve("checkpoints").toUri());
    LearnerJob job = new LearnerJob(LearnerConfig.parse(yaml, "learner.yaml", List.of()), false);
    var env = job.localEnvironment(new Configuration());
    job.build(env);
    return env.executeAsync();
  }

  private static void assertRuns(JobClient job) throws Exception {
    assertThat(job.getJobStatus().get()).isNotIn(JobStatus.FAILED, JobStatus.CANCELED);
  }

  /** Two impressions that will be shown, of which one will be clicked, and one that will not. */
  private JsonNode ask(int i) throws Exception {
    String body =
        """
        {"id": "r%1$s", "shared": {"features": {"price": 2.5}}, "instances": [
          {"impression_id": "liked-%1$s", "features": {"user": "fan"}},
          {"impression_id": "ignored-%1$s", "features": {"user": "other"}},
          {"features": {"user": "nobody"}}]}
        """
            .formatted(i);
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(server).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode answer = JSON.readTree(response.body());
    answers.put("liked-" + i, answer);
    answers.put("ignored-" + i, answer);
    return answer;
  }

  /** Each impression is there, with the score that its client got; nothing was a dead letter. */
  private void assertWritten(EmbeddedKafka kafka) throws Exception {
    Map<String, JsonNode> written = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : read(kafka, "impressions")) {
      written.put(new String(record.key(), UTF_8), JSON.readTree(record.value()));
    }
    assertThat(written.keySet()).isEqualTo(answers.keySet());
    written.forEach(
        (id, impression) -> {
          JsonNode served = impression.path("served");
          assertThat(served.path("score").floatValue()).isEqualTo((float) first(id));
          assertThat(served.path("version")).isEqualTo(answers.get(id).path("model_version"));
          assertThat(served.path("request_id").asText()).isEqualTo("r" + id.replaceAll("\\D", ""));
          assertThat(impression.path("features").path("price").doubleValue()).isEqualTo(2.5);
        });
    assertThat(read(kafka, "dead-letters")).isEmpty();
  }

  /** What was served is held against the labels that came of it. */
  private void assertEvaluated(EmbeddedKafka kafka) throws Exception {
    Map<String, Double> labels = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : read(kafka, "predictions")) {
      JsonNode learned = JSON.readTree(record.value());
      labels.merge(
          learned.path("impression_id").asText(), learned.path("label").asDouble(), Math::max);
    }
    double loss = 0;
    for (Map.Entry<String, Double> label : labels.entrySet()) {
      assertThat(label.getValue()).isEqualTo(label.getKey().startsWith("liked") ? 1 : 0);
      double score = first(label.getKey());
      loss -= Math.log(label.getValue() == 1 ? score : 1 - score);
    }

    CommandRun run =
        CommandRun.of(
            "evaluate",
            "--served=impressions",
            "--data=topic:predictions",
            "--bootstrap-servers=" + kafka.bootstrapServers(),
            "--replicates=20",
            "--json");

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode report = JSON.readTree(run.out());
    JsonNode model = report.path("served").path("loop");
    assertThat(labels).isNotEmpty();
    assertThat(model.path("examples").asInt()).isEqualTo(labels.size());
    assertThat(report.path("unlabeled").asInt()).isEqualTo(answers.size() - labels.size());
    assertThat(model.path("figures").path("logloss").path("value").asDouble())
        .isCloseTo(loss / labels.size(), within(1e-5));
    assertOnTheConsole(kafka, labels.size(), loss / labels.size());
  }

  private void assertOnTheConsole(EmbeddedKafka kafka, int labeled, double loss) throws Exception {
    ServedWatch.Topics topics = new ServedWatch.Topics("impressions", "predictions");
    try (ServedWatch watch = new ServedWatch(kafka.clients(), topics, Optional.of("loop"))) {
      JsonNode shown = watch.look();
      assertThat(shown.path("impressions").asInt()).isEqualTo(answers.size());
      assertThat(shown.path("unreadable").asInt()).isZero();
      JsonNode model = shown.path("models").path(0);
      assertThat(model.path("model").asText()).isEqualTo("loop");
      assertThat(model.path("examples").asInt()).isEqualTo(labeled);
      assertThat(model.path("logloss").asDouble()).isCloseTo(loss, within(1e-5));
      assertThat(shown.path("versions")).isNotEmpty();
    }
    try (ServedWatch watch = new ServedWatch(kafka.clients(), topics, Optional.of("another"))) {
      assertThat(watch.look().path("models")).isEmpty();
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(EmbeddedKafka kafka, String topic)
      throws Exception {
    try (TopicReader reader = new TopicReader(kafka.clients(), topic)) {
      return reader.readToEnd();
    }
  }
}
