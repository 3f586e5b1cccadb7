package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.feature.ImpressionHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job on several topics of actions: every impression that is to be scored is scored once,
 * against the label that the actions make, whatever the learner is told of it.
 */
@Timeout(120)
class LabelsJobITCase {
  private static final long T = 1_700_000_000_000L;
  private static final int IMPRESSIONS = 4_000;
  private static final double SCORED = 0.5;
  private static final String CONFIG =
      """
      name: labels
      kafka: {bootstrap-servers: "%s"}
      features: [{name: user, kind: categorical}, {name: item, kind: categorical}]
      events:
        actions:
          - {topic: sales, id: order.request, timestamp: paid_at, timestamp-unit: s}
      join:
        window: 10 min
        actions:
          - {name: click, topic: acts}
          - {name: like, topic: acts}
          - {name: purchase, topic: sales, after: click, idleness: 1 s}
        label: {purchase: 1}
        policy: short-wait
        short-wait: 20 s
        negatives: {rate: 0.5}
        max-weight: 5
      evaluate: {at-impression: 0.5}
      model: {embedding-size: 4, hidden-layers: [8]}
      snapshot: {root: "%s"}
      checkpoint: {interval: 1 s, dir: "%s", backend: hashmap}
      parallelism: 2
      """;

  @TempDir Path folder;

  @Test
  void everyScoredImpressionMeetsItsFinalLabelOnce() throws Exception {
    try (JobOnTopics topics = new JobOnTopics(folder, "impressions", "acts", "sales")) {
      feed(topics);

      topics.job(CONFIG, true).execute();

      JsonNode progressive = last(topics.reports("progressive"));
      JsonNode atImpression = last(topics.reports("at-impression"));
      List<Integer> scored = scored();
      long purchases = scored.stream().filter(LabelsJobITCase::buys).count();
      assertThat(atImpression.get("examples").asLong()).isEqualTo(scored.size());
      assertThat(atImpression.get("positives").asLong()).isEqualTo(purchases);
      assertThat(atImpression.get("late").asLong()).isZero();
      assertThat(progressive.get("late").asLong()).isZero();
      assertThat(progressive.get("ctr").asDouble()).isCloseTo(0.1, within(0.02));
      assertThat(progressive.get("examples").asLong()).isLessThan(IMPRESSIONS * 7 / 10);
    }
  }

  /** A tenth is bought, half of it after the short wait; half is clicked; a third is liked. */
  private static void feed(JobOnTopics topics) throws IOException {
    try (var producer = topics.producer()) {
      for (int i = 0; i < IMPRESSIONS; i++) {
        long shown = T + 1000L * i;
        String features = ", \"features\": {\"user\": \"u%d\", \"item\": \"i%d\"}";
        JobOnTopics.send(producer, "impressions", i, shown, features.formatted(i % 37, i % 11));
        if (i % 2 == 0) {
          JobOnTopics.send(producer, "acts", i, shown + 2_000, ", \"action\": \"click\"");
        }
        if (i % 3 == 0) {
          JobOnTopics.send(producer, "acts", i, shown + 2_500, ", \"action\": \"like\"");
        }
        if (buys(i)) {
          sell(producer, i, shown + (i % 20 == 0 ? 3_000 : 60_000));
        }
      }
    }
  }

  /** In the shape of another team's topic. */
  private static void sell(KafkaProducer<byte[], byte[]> producer, int i, long time) {
    String json = "{\"order\": {\"request\": \"i%s\"}, \"paid_at\": %s}".formatted(i, time / 1000);
    producer.send(new ProducerRecord<>("sales", i % 2, time, null, json.getBytes(UTF_8)));
  }

  private static boolean buys(int i) {
    return i % 10 == 0;
  }

  private static List<Integer> scored() {
    return IntStream.range(0, IMPRESSIONS)
        .filter(i -> ImpressionHash.isScored("i" + i, SCORED))
        .boxed()
        .toList();
  }

  /** The totals that count most. */
  private static JsonNode last(List<JsonNode> reports) {
    return reports.stream()
        .map(report -> report.get("since_start"))
        .max(Comparator.comparingLong(totals -> totals.get("examples").asLong()))
        .orElseThrow();
  }
}
