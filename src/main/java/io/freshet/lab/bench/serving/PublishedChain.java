package io.freshet.lab.bench.serving;

import io.freshet.lab.bench.loop.LiveLearner;
import io.freshet.lab.bench.measure.AdEvents;
import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.lab.demo.MetricsTopic;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Five snapshots made by the learner itself, each a delta of a few seconds. The pointer goes
 * through them as if they were published now.
 */
public final class PublishedChain {
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final double LEARNED = 0.5; // the last ones wait for their clicks
  private static final int LENGTH = 5;

  private final SnapshotStore store;
  private final Pointer pointer;
  private final List<Version> versions;

  private PublishedChain(LocalStorage storage) throws IOException {
    store = new SnapshotStore(storage);
    pointer = Pointer.of(storage);
    List<Version> all = store.versions().stream().sorted().toList();
    versions = all.subList(Math.max(0, all.size() - LENGTH), all.size());
  }

  /** Learns so many impressions of {@link AdEvents}. */
  public static PublishedChain make(
      Path directory, Workload workload, int impressions, BenchOptions options) throws Exception {
    return new PublishedChain(learn(directory, workload, impressions, options));
  }

  private static LocalStorage learn(
      Path directory, Workload workload, int impressions, BenchOptions options) throws Exception {
    String yaml = yaml(workload, options.length(CHECKPOINT_INTERVAL));
    try (LiveLearner learner = LiveLearner.start(directory, yaml);
        MetricsTopic metrics = learner.metrics();
        KafkaEvents producer = learner.producer()) {
      AdEvents events = AdEvents.until(System.currentTimeMillis(), impressions, options.seed);
      for (int i = 0; i < impressions; i++) {
        for (EventRecord event : events.next()) {
          producer.send(event);
        }
      }
      producer.flush();
      long end = System.nanoTime() + PATIENCE.toNanos();
      SnapshotStore store = new SnapshotStore(learner.snapshots());
      while (metrics.sinceStart().examples() < LEARNED * impressions
          || store.versions().size() < LENGTH) {
        learner.check();
        if (System.nanoTime() > end) {
          throw new IOException("no chain of snapshots after " + PATIENCE.toMinutes() + " min");
        }
        metrics.poll(POLL);
      }
      return learner.snapshots();
    }
  }

  public SnapshotStore store() {
    return store;
  }

  /** The folder. */
  public Path root() {
    return Path.of(store.storage().toString());
  }

  public int size() {
    return versions.size();
  }

  public Version version(int i) {
    return versions.get(i);
  }

  /** Makes the i-th oldest version the current one, from 0. */
  public void pointTo(int i) throws IOException {
    pointer.rollBack(versions.get(i), "the benchmark goes through the chain", false);
  }

  private static String yaml(Workload workload, Duration checkpoints) {
    return """
    name: bench
    %sjoin: {window: 10 s, out-of-orderness: 1 s}
    model: {embedding-size: %s, hidden-layers: %s}
    train: {user-field: c1, batch-size: %s, step-size: %s, dense: {step-size: %s}}
    evaluate: {window: 2 s}
    checkpoint: {interval: %s ms}
    """
        .formatted(
            AdEvents.fields(),
            workload.embeddingSize(),
            workload.hiddenLayers(),
            workload.batchSize(),
            workload.stepSize(),
            workload.learning().denseStepSize(),
            checkpoints.toMillis());
  }
}
