package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.event.FeatureValues;
import io.freshet.lab.broker.TopicContents;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole job with a task of its own topic and window for purchases, which follow on clicks. */
@Timeout(120)
class SeveralTasksITCase {
  private static final long T = 1_700_000_000_000L;
  private static final int IMPRESSIONS = 4_000;
  private static final String CONFIG =
      """
      name: shop
      kafka: {bootstrap-servers: "%s"}
      features: [{name: user, kind: categorical}, {name: item, kind: categorical}]
      join: {window: 1 min, warm-up: 0 s}
      model:
        embedding-size: 4
        hidden-layers: [8]
        tasks:
          - {name: click}
          - {name: purchase, after: click, window: 20 min, warm-up: 0 s, topic: purchases}
      evaluate: {at-impression: 0.5}
      snapshot: {root: "%s"}
      checkpoint: {interval: 1 s, dir: "%s", backend: hashmap}
      parallelism: 2
      """;

  @TempDir Path folder;

  @Test
  void eachTaskLearnsItsOwnLabelsAndIsPublished() throws Exception {
    try (JobOnTopics topics = topics()) {
      feed(topics, true);

      topics.job(CONFIG, true).execute();

      Map<String, JsonNode> totals = totals(topics);
      assertThat(totals).containsOnlyKeys("click", "purchase");
      assertThat(TopicContents.of(topics.kafka(), "dead-letters")).isEmpty();
      assertThat(totals.get("click").get("examples").asInt()).isEqualTo(IMPRESSIONS);
      assertThat(totals.get("purchase").get("examples").asInt()).isEqualTo(IMPRESSIONS);
      assertThat(totals.get("click").get("positives").asInt()).isEqualTo(IMPRESSIONS / 2);
      assertThat(totals.get("purchase").get("positives").asInt()).isEqualTo(IMPRESSIONS / 10);
      assertServed();
    }
  }

  @Test
  void windowsOfATaskCloseWhileTheTopicOfAnotherIsSilent() throws Exception {
    try (JobOnTopics topics = topics()) {
      feed(topics, false);
      JobClient job = topics.job(CONFIG, false).executeAsync();

      awaitWindows(topics, "at-impression", 50);
      awaitWindows(topics, "progressive", 50);
      job.cancel().get();

      List<JsonNode> windows = topics.reports("progressive");
      assertThat(windows)
          .allSatisfy(report -> assertThat(report.get("task").asText()).isEqualTo("click"))
          .allSatisfy(report -> assertThat(report.at("/since_start/late").asInt()).isZero());
      assertThat(windows.subList(2, windows.size())) // full ones
          .allSatisfy(report -> assertThat(report.at("/window/examples").asInt()).isEqualTo(60));
    }
  }

  private JobOnTopics topics() throws Exception {
    return new JobOnTopics(folder, "impressions", "clicks", "purchases");
  }

  /** Half is clicked, by the item; every fifth click is a purchase, by the user, and comes late. */
  private static void feed(JobOnTopics topics, boolean purchases) throws IOException {
    try (var producer = topics.producer()) {
      for (int i = 0; i < IMPRESSIONS; i++) {
        long shown = T + 1000L * i;
        String features = ", \"features\": {\"user\": \"u%d\", \"item\": \"i%d\"}";
        JobOnTopics.send(producer, "impressions", i, shown, features.formatted(i / 2 % 5, i % 2));
        if (i % 2 == 0) {
          JobOnTopics.send(producer, "clicks", i, shown + 2_000, "");
        }
        if (purchases && i % 10 == 0) {
          JobOnTopics.send(producer, "purchases", i, shown + 120_000 + 7_001L * i % 600_000, "");
        }
      }
    }
  }

  /** The newest figures since start, by task. */
  private static Map<String, JsonNode> totals(JobOnTopics topics) throws Exception {
    Map<String, JsonNode> totals = new HashMap<>();
    for (JsonNode report : topics.reports("progressive")) {
      totals.merge(
          report.get("task").asText(),
          report.get("since_start"),
          (a, b) -> a.get("examples").asLong() > b.get("examples").asLong() ? a : b);
    }
    return totals;
  }

  private static void awaitWindows(JobOnTopics topics, String series, int least) throws Exception {
    while (topics.reports(series).size() < least) {
      Thread.sleep(200);
    }
  }

  private void assertServed() throws Exception {
    SnapshotStore store = new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
    Manifest manifest = store.manifest(store.latest().orElseThrow());
    assertThat(manifest.tasks().names()).containsExactly("click", "purchase");
    assertThat(manifest.metrics())
        .containsKeys("logloss", "purchase.logloss", "purchase.recent_logloss");
    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system())) {
      follower.look();
      try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
        float[][] buyer = score(scorer, "u0", "i0");
        float[][] other = score(scorer, "u3", "i0");
        float[][] nobody = score(scorer, "u0", "i1");
        assertThat(buyer[0][0]).isCloseTo(1, within(0.2f));
        assertThat(buyer[1][0]).isCloseTo(1, within(0.3f));
        assertThat(other[0][0]).isCloseTo(1, within(0.2f));
        assertThat(other[1][0]).isCloseTo(0, within(0.2f));
        assertThat(nobody[1][0]).isLessThanOrEqualTo(nobody[0][0]).isLessThan(0.1f);
      }
    }
  }

  private static float[][] score(Scorer scorer, String user, String item) throws Exception {
    FeatureValues values = FeatureValues.of(scorer.names(), Map.of("user", user, "item", item));
    return scorer.scoreTasks(List.of(scorer.encode(values)));
  }
}
