package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.LearnerConfig;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A broker with topics of two partitions, and a job on them in this process. */
final class JobOnTopics implements AutoCloseable {
  private final EmbeddedKafka kafka;
  private final Path folder;

  JobOnTopics(Path folder, String... topics) throws Exception {
    this.folder = folder;
    kafka = EmbeddedKafka.start();
    for (String topic : topics) {
      kafka.topics().create(topic, 2);
    }
  }

  EmbeddedKafka kafka() {
    return kafka;
  }

  KafkaProducer<byte[], byte[]> producer() throws IOException {
    return kafka.clients().producer(Map.of());
  }

  /**
   * Sends an event of an impression to a partition by its number: of even ones too, half to each.
   */
  static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, int i, long time, String more) {
    String json = "{\"impression_id\": \"i%s\", \"timestamp\": %s%s}".formatted(i, time, more);
    producer.send(new ProducerRecord<>(topic, i / 2 % 2, time, null, json.getBytes(UTF_8)));
  }

  /**
   * Adds the job.
   *
   * @param config lacks the broker, the root of snapshots and the folder of checkpoints
   */
  StreamExecutionEnvironment job(String config, boolean bounded) throws Exception {
    String text =
        config.formatted(
            kafka.bootstrapServers(),
            folder.resolve("snapshots").toUri(),
            folder.resolve("checkpoints").toUri());
    LearnerJob job = new LearnerJob(LearnerConfig.parse(text, "learner.yaml", List.of()), bounded);
    var env = job.localEnvironment(new Configuration());
    job.build(env);
    return env;
  }

  /** What the job has reported of a series of metrics. */
  List<JsonNode> reports(String series) throws Exception {
    List<JsonNode> reports = new ArrayList<>();
    for (var record : TopicContents.of(kafka, "metrics")) {
      JsonNode report = new ObjectMapper().readTree(record.value());
      if (report.get("series").asText().equals(series)) {
        reports.add(report);
      }
    }
    return reports;
  }

  @Override
  public void close() {
    kafka.close();
  }
}
