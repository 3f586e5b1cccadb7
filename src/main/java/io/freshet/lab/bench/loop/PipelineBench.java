package io.freshet.lab.bench.loop;

import io.freshet.evaluate.report.Metrics;
import io.freshet.lab.bench.measure.AdEvents;
import io.freshet.lab.bench.measure.Figure;
import io.freshet.lab.bench.measure.Roofline;
import io.freshet.lab.bench.measure.Speed;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.lab.demo.MetricsTopic;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.KafkaEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The whole learner as users run it: the broker in this process, JSON in lz4, the label join,
 * training, checkpoints and snapshots every 10 seconds.
 *
 * <p>All impressions are in Kafka when the job begins. Its metrics show its progress; the first two
 * fifths are warm-up, and the rest is divided into rounds. The roofline is measured before and
 * after.
 */
final class PipelineBench {
  private static final int BEGUN = 200_000; // impressions: before, a learner may know little

  private static final double WARM_UP = 0.4;
  private static final double END = 0.9;
  private static final double IN_WINDOWS = 0.8; // of what was learned
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Workload workload;
  private final int parallelism;
  private final int impressions;
  private final long seed;
  private final Path directory;

  PipelineBench(Workload workload, int parallelism, int impressions, long seed, Path directory) {
    this.workload = workload;
    this.parallelism = parallelism;
    this.impressions = impressions;
    this.seed = seed;
    this.directory = directory;
  }

  Figure run(String what, int rounds) throws Exception {
    Roofline roofline = new Roofline(workload.batchSize(), parallelism);
    Speed before = roofline.flops().dividedBy(workload.flops());
    List<Speed> speeds;
    String yaml = yaml(workload, parallelism);
    try (LiveLearner learner =
        LiveLearner.start(directory, yaml, List.of(), to -> feed(to, impressions, seed))) {
      speeds = measure(learner, rounds);
    }
    Speed roof = before.meanWith(roofline.flops().dividedBy(workload.flops()));
    List<Figure.Round> measured = speeds.stream().map(s -> new Figure.Round(s, roof)).toList();
    return new Figure("pipeline", what, workload, parallelism, measured);
  }

  /** Sends impressions and clicks. */
  static void feed(KafkaEvents target, int impressions, long seed)
      throws IOException, InterruptedException {
    AdEvents events = AdEvents.until(System.currentTimeMillis(), impressions, seed);
    for (int i = 0; i < impressions; i++) {
      for (EventRecord event : events.next()) {
        target.send(event);
      }
    }
    target.flush();
  }

  private List<Speed> measure(LiveLearner learner, int rounds) throws Exception {
    List<Speed> speeds = new ArrayList<>();
    try (MetricsTopic metrics = learner.metrics()) {
      long learned = await(metrics, learner, (long) (WARM_UP * impressions));
      for (int round = 1; round <= rounds; round++) {
        double share = WARM_UP + (END - WARM_UP) * round / rounds;
        long before = learned;
        Speed.Mark mark = Speed.mark();
        learned = await(metrics, learner, (long) (share * impressions));
        speeds.add(mark.since(learned - before));
      }
      assertAlive(metrics, impressions, learner.deadLetters());
    }
    return speeds;
  }

  /**
   * Throws if what was learned is worth nothing. Waits until most of it is in windows that have
   * ended: these follow with the watermark, which may be far behind.
   *
   * @param impressions that were in Kafka
   */
  static void assertAlive(MetricsTopic metrics, int impressions, int deadLetters)
      throws IOException, InterruptedException {
    long wanted = (long) (IN_WINDOWS * metrics.sinceStart().examples());
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (examples(metrics.windows()) < wanted) {
      if (System.nanoTime() > end) {
        throw new IOException(
            "the windows that have ended hold %s of %s examples after %s"
                .formatted(examples(metrics.windows()), wanted, PATIENCE));
      }
      metrics.poll(POLL);
    }
    double worst = impressions < BEGUN ? 1.05 : 1;
    LearningCheck.assertAlive(normalizedEntropy(metrics.windows()), worst, deadLetters);
  }

  private static long examples(List<Metrics> windows) {
    return windows.stream().mapToLong(Metrics::examples).sum();
  }

  /** Of the last windows, which have half of the examples. */
  private static double normalizedEntropy(List<Metrics> windows) {
    long half = examples(windows) / 2;
    double examples = 0;
    double positives = 0;
    double loss = 0;
    for (int i = windows.size() - 1; i >= 0 && examples < half; i--) {
      Metrics window = windows.get(i);
      examples += window.examples();
      positives += window.positives();
      loss += window.logloss() * window.examples();
    }
    double rate = positives / examples;
    return loss / examples / (-rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate));
  }

  private static long await(MetricsTopic metrics, LiveLearner learner, long examples)
      throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (metrics.sinceStart().examples() < examples) {
      metrics.poll(POLL);
      learner.check();
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "the job hangs at %s of %s examples"
                .formatted(metrics.sinceStart().examples(), examples));
      }
    }
    return metrics.sinceStart().examples();
  }

  /** A configuration without addresses and folders. */
  static String yaml(Workload workload, int parallelism) {
    String layers =
        workload.hiddenLayers().stream().map(String::valueOf).collect(Collectors.joining(", "));
    return """
    name: bench
    %sjoin: {window: 10 s, out-of-orderness: 1 s}
    model: {embedding-size: %s, hidden-layers: [%s]}
    train:
      user-field: c1
      batch-size: %s
      step-size: %s
      max-in-flight: %s
      dense: {step-size: %s}
    evaluate: {window: 2 s}
    checkpoint: {interval: 10 s, backend: hashmap}
    parallelism: %s
    """
        .formatted(
            AdEvents.fields(),
            workload.embeddingSize(),
            layers,
            workload.batchSize(),
            workload.stepSize(),
            workload.inFlight(),
            workload.learning().denseStepSize(),
            parallelism);
  }
}
