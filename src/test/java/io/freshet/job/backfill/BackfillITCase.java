package io.freshet.job.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.feature.Fids;
import io.freshet.feature.ValueHash;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.example.ExampleJson;
import io.freshet.job.example.NumberedExample;
import io.freshet.job.pipeline.LearnerJob;
import io.freshet.job.pipeline.RetainedCheckpoints;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.stream.EventJson;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recording learned several times, with a failure after the first pass, and then the topics. */
@Timeout(180)
final class BackfillITCase {
  private static final long T = 1_767_225_600_000L;
  private static final int RECORDED = 12_000; // one a second, with a click on every third
  private static final int ALL = 14_000;
  private static final int PASSES = 3; // enough that one is under way when the job is stopped
  private static final int OCCURRENCES = 4; // of features in an example
  private static final int INCOMPLETE = 65; // seconds: the window and the bound of disorder

  @TempDir Path folder;
  private EmbeddedKafka kafka;

  @BeforeEach
  void fill() throws Exception {
    kafka = EmbeddedKafka.start();
    kafka.topics().ensure(List.of("impressions", "clicks"), 2);
    send(0, ALL, 3);
    archive();
  }

  /** Sends impressions to the topics, one in so many clicked. */
  private void send(int from, int to, int clicked) throws Exception {
    try (KafkaEvents events =
        new KafkaEvents(kafka.clients(), "impressions", "clicks", Timestamps.EVENT)) {
      for (int i = from; i < to; i++) {
        events.send(record(Topic.IMPRESSIONS, i, impression(i)));
        if (i % clicked == 0) {
          events.send(record(Topic.CLICKS, i, click(i)));
        }
      }
      events.flush();
    }
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachRecordedImpressionIsLearnedInEachPassAndEachLiveOneOnce(boolean fromTopic)
      throws Exception {
    Backfill before = fromTopic ? range() : files(PASSES, Optional.empty());
    int end = fromTopic ? RECORDED : RECORDED - 3; // of the files the last click
    int last = end - INCOMPLETE; // impression learned from the recording
    JobClient first = start(before, 1, Optional.empty());
    await("occurrences", OCCURRENCES * (last + 500.0));
    String checkpoint = cancel(first);
    assertThat(figure("occurrences"))
        .as("stopped after the first pass, before the last ended")
        .isBetween(OCCURRENCES * (last + 500.0), OCCURRENCES * (double) PASSES * last);

    send(ALL, ALL + 100, 1); // so that time goes on, and all before are decided
    JobClient second = start(before, 2, Optional.of(checkpoint));
    await("examples", ALL - last + 80);
    cancel(second);

    assertThat(updates(store().latest().orElseThrow())).isEqualTo(expected(PASSES, last));
    double live = figure("examples");
    assertThat(figure("occurrences"))
        .isEqualTo(OCCURRENCES * ((double) PASSES * (last + 1) + live));
    assertThat(figure("table_not_admitted")).isEqualTo((double) PASSES * (last + 1) + live);
  }

  @Test
  void labeledExamplesAreLearnedInEachPassBeforeTheTopics() throws Exception {
    int last = 11_000;
    Path file = Files.write(folder.resolve("examples.jsonl"), labeled(last));
    Backfill before = new Backfill(file.toString(), false, 2, Optional.empty());

    JobClient first = start(before, 1, Optional.empty());
    await("occurrences", OCCURRENCES * 500);
    String checkpoint = cancel(first);
    assertThat(figure("examples")).as("of the stream").isZero();
    send(ALL, ALL + 100, 1); // so that time goes on, and all before are decided
    JobClient second = start(before, 2, Optional.of(checkpoint));
    await("examples", ALL - last + 80);
    cancel(second);

    assertThat(updates(store().latest().orElseThrow())).isEqualTo(expected(2, last));
  }

  private static List<String> labeled(int last) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      long user = Fids.of(1, ValueHash.of("u" + i % 50));
      long[] fids = {
        Fids.BIAS, user, Fids.of(2, ValueHash.of("p" + i)), Fids.of(3, ValueHash.of("v" + i))
      };
      Example features = new Example(user, fids, new float[] {1, 1, 1, 1});
      LabeledExample example =
          new LabeledExample("i" + i, T + 1000L * i, i % 3 == 0 ? 1 : 0, 1, features);
      lines.add(new String(ExampleJson.of(new NumberedExample(i, example)), UTF_8));
    }
    return lines;
  }

  @Test
  void aRestartNeedsTheRecordingOnlyWhileItIsRead() throws Exception {
    int last = 11_000;
    Backfill before = files(2, Optional.of(Instant.ofEpochMilli(T + 1000L * last)));
    JobClient first = start(before, 1, Optional.empty());
    await("occurrences", OCCURRENCES * 500);
    String checkpoint = cancel(first);
    JobClient untold = start(null, 1, Optional.of(checkpoint));
    assertThatThrownBy(() -> untold.getJobExecutionResult().get(1, TimeUnit.MINUTES))
        .isInstanceOf(ExecutionException.class)
        .hasStackTraceContaining("the state was taken in the middle of a recording");

    send(ALL, ALL + 100, 1); // time stands still without clicks
    JobClient told = start(before, 1, Optional.of(checkpoint));
    await("examples", 500); // of the stream
    String live = cancel(told);
    send(ALL + 100, ALL + 200, 1);
    JobClient third = start(null, 1, Optional.of(live));
    await("examples", 2_500);
    cancel(third);
    Map<Long, Long> updates = updates(store().latest().orElseThrow());
    expected(2, last)
        .forEach(
            (i, times) ->
                assertThat(updates.get(i))
                    .as("impression " + i)
                    .isBetween(i > last + 2_400L ? 0 : times, times));
  }

  @Test
  void stateOfAStreamWithoutARecordingTakesNone() throws Exception {
    String state = cancel(start(null, 1, Optional.empty()));

    assertThatThrownBy(() -> start(files(2, Optional.empty()), 1, Optional.of(state)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("without --from-files");
  }

  /** Cancels a job after another checkpoint, which is returned. */
  private String cancel(JobClient job) throws Exception {
    Optional<String> before = RetainedCheckpoints.newest(config(1));
    while (RetainedCheckpoints.newest(config(1)).equals(before)) {
      Thread.sleep(10);
    }
    job.cancel().get();
    job.getJobExecutionResult().exceptionally(cancelled -> null).get();
    return RetainedCheckpoints.newest(config(1)).orElseThrow();
  }

  private Map<Long, Long> expected(int passes, int last) {
    Map<Long, Long> updates = new TreeMap<>();
    for (int i = 0; i < ALL; i++) {
      updates.put((long) i, i <= last ? (long) passes : 1L);
    }
    return updates;
  }

  /** By number of the impression, how often the feature that only it has was learned. */
  private Map<Long, Long> updates(Version version) throws IOException {
    Snapshot model = new SnapshotReader(store()).load(version);
    Map<Long, Long> updates = new TreeMap<>();
    for (int i = 0; i < ALL; i++) {
      updates.put((long) i, model.updates(Fids.of(2, ValueHash.of("p" + i))));
    }
    return updates;
  }

  private JobClient start(Backfill before, int parallelism, Optional<String> from)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    from.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    LearnerJob job = new LearnerJob(config(parallelism), false);
    if (before != null) {
      job.learningFirst(before);
    }
    StreamExecutionEnvironment env = job.localEnvironment(flink);
    job.build(env);
    return env.executeAsync();
  }

  /** Waits until the current version has more than so much of a figure. */
  private void await(String figure, double more) throws Exception {
    while (figure(figure) <= more) {
      Thread.sleep(10);
    }
  }

  private double figure(String name) throws IOException {
    Optional<Version> latest = store().latest();
    return latest.isEmpty() ? 0 : store().manifest(latest.get()).metrics().getOrDefault(name, 0.0);
  }

  private Backfill files(int passes, Optional<Instant> liveFrom) {
    return new Backfill(folder.resolve("archive").toString(), false, passes, liveFrom);
  }

  private static Backfill range() {
    String ends = Instant.ofEpochMilli(T) + ".." + Instant.ofEpochMilli(T + 1000L * RECORDED);
    return new Backfill(ends, true, PASSES, Optional.empty());
  }

  /** The even and the odd impressions apart, and a line that is none. */
  private void archive() throws IOException {
    StringBuilder even = new StringBuilder("no event\n");
    StringBuilder odd = new StringBuilder();
    StringBuilder clicks = new StringBuilder();
    for (int i = 0; i < RECORDED; i++) {
      (i % 2 == 0 ? even : odd).append(new String(impression(i), UTF_8)).append('\n');
      if (i % 3 == 0) {
        clicks.append(new String(click(i), UTF_8)).append('\n');
      }
    }
    Path archive = Files.createDirectories(folder.resolve("archive/clicks")).getParent();
    Files.writeString(archive.resolve("impressions-0.jsonl"), even);
    try (OutputStream file = Files.newOutputStream(archive.resolve("impressions-1.jsonl.gz"));
        OutputStream zipped = new GZIPOutputStream(file)) {
      zipped.write(odd.toString().getBytes(UTF_8));
    }
    Files.writeString(archive.resolve("clicks/0.jsonl"), clicks);
  }

  private static EventRecord record(Topic topic, int i, byte[] value) {
    return new EventRecord(topic, Optional.of("u" + i % 50), T + 1000L * i, value);
  }

  private static byte[] impression(int i) {
    Map<String, Object> features = Map.of("user", "u" + i % 50, "page", "p" + i, "visit", "v" + i);
    return EventJson.impression("i" + i, T + 1000L * i, features);
  }

  private static byte[] click(int i) {
    return EventJson.click("i" + i, T + 1000L * i);
  }

  private LearnerConfig config(int parallelism) {
    return LearnerConfig.parse(
        """
        name: before
        kafka: {bootstrap-servers: "%s"}
        features:
          - {name: user, kind: categorical}
          - {name: page, kind: categorical}
          - {name: visit, kind: categorical}
        join: {window: 1 min, out-of-orderness: 5 s, breaker: {enabled: false}}
        model: {embedding-size: 8, hidden-layers: [256, 256]}
        train: {batch-size: 64, step-size: 2}
        embedding: {fields: [{name: visit, admission: {kind: count, after: 2}}]}
        events: {max-ahead: 1 min}
        snapshot: {root: "%s", gate: {base-rate: false}}
        checkpoint: {interval: 200 ms, dir: "%s", backend: hashmap}
        parallelism: %s
        """
            .formatted(
                kafka.bootstrapServers(),
                folder.resolve("snapshots").toUri(),
                checkpoints(),
                parallelism),
        "before.yaml",
        List.of());
  }

  private String checkpoints() {
    return folder.resolve("checkpoints").toUri().toString();
  }

  private SnapshotStore store() {
    return new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
  }
}
