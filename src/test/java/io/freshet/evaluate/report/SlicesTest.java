package io.freshet.evaluate.report;

import static io.freshet.evaluate.Written.readBack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.evaluate.EvaluateSettings;
import io.freshet.evaluate.metric.WindowedMetrics;
import io.freshet.model.batch.ExampleAttributes;
import io.freshet.model.batch.Predictions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slices, users and blocks through {@link WindowedMetrics}. */
final class SlicesTest {
  private static final long DEVICE = 3L << 52;
  private static final long GENRE = 4L << 52;
  private static final EvaluateSettings SETTINGS =
      new EvaluateSettings(Duration.ofSeconds(1), 0, List.of("device", "genre"), 2);
  private static final Map<Integer, String> FIELDS = Map.of(3, "device", 4, "genre");

  @Test
  void theFirstValuesHaveSlicesAndTheOthersShareOne() {
    WindowedMetrics metrics = new WindowedMetrics(SETTINGS, FIELDS);
    metrics.name(Map.of(DEVICE | 7, "phone"));
    metrics.add(predictions(0, new long[] {DEVICE | 7}, new long[] {DEVICE | 8}));
    metrics.add(predictions(0, new long[] {DEVICE | 9}, new long[] {DEVICE | 10}));
    metrics.add(predictions(0, new long[] {DEVICE}, new long[] {DEVICE | 7}));

    assertThat(metrics.slices())
        .hasEntrySatisfying(
            new Slice("device", "phone"), m -> assertThat(m.examples()).isEqualTo(2))
        .hasEntrySatisfying(
            new Slice("device", "0x30000000000008"), m -> assertThat(m.examples()).isEqualTo(1))
        .hasEntrySatisfying(
            new Slice("device", Slice.OTHER), m -> assertThat(m.examples()).isEqualTo(2))
        .hasEntrySatisfying(
            new Slice("device", Slice.MISSING), m -> assertThat(m.examples()).isEqualTo(1))
        .hasSize(4);
  }

  @Test
  void anExampleOfSeveralValuesCountsInEach() {
    WindowedMetrics metrics = new WindowedMetrics(SETTINGS, FIELDS);
    metrics.add(predictions(0, new long[] {GENRE | 1, GENRE | 2}));

    assertThat(metrics.slices()).hasSize(2);
  }

  @Test
  void aWindowsSlicesAreReportedBehindIt() {
    WindowedMetrics metrics = new WindowedMetrics(SETTINGS, FIELDS);
    metrics.add(predictions(100, new long[] {DEVICE | 7}, new long[] {DEVICE | 8}));
    metrics.add(predictions(1100, new long[] {DEVICE | 7}));

    List<MetricsReport> reports = metrics.advanceTo(999);

    assertThat(reports).hasSize(3);
    assertThat(reports.get(0).slice()).isEmpty();
    assertThat(reports.get(1).slice()).contains(new Slice("device", "0x30000000000007"));
    assertThat(reports.get(1).window().examples()).isEqualTo(1);
    assertThat(reports.get(1).sinceStart().examples()).isEqualTo(2);
  }

  /** What is interrupted and read back reports the same, to the last bit. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyFigureOutlivesARestart(long seed) throws IOException {
    WindowedMetrics straight = new WindowedMetrics(SETTINGS, FIELDS);
    WindowedMetrics restarted = new WindowedMetrics(SETTINGS, FIELDS);
    List<MetricsReport> one = new ArrayList<>();
    List<MetricsReport> other = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Predictions batch = drawn(new Random(seed * 1000 + i), i * 100L);
      straight.add(batch);
      restarted.add(batch);
      one.addAll(straight.advanceTo(i * 100L - 500));
      other.addAll(restarted.advanceTo(i * 100L - 500));
      restarted =
          i % 17 == 5
              ? readBack(restarted::write, in -> WindowedMetrics.read(in, SETTINGS, FIELDS))
              : restarted;
    }
    one.addAll(straight.advanceTo(Long.MAX_VALUE));
    other.addAll(restarted.advanceTo(Long.MAX_VALUE));

    assertThat(other).as("seed %d", seed).isEqualTo(one);
    assertThat(restarted.report().spread().deciles()).hasSize(10);
    assertThat(restarted.report().users().per64()).isPositive();
  }

  /** The slices of one field add up to the whole, however two trainers' messages interleave. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void slicesOfTwoTrainersAddUpToTheWhole(long seed) {
    WindowedMetrics metrics = new WindowedMetrics(SETTINGS, FIELDS);
    Map<Long, double[]> oracle = new HashMap<>(); // device: examples, positives
    for (int i = 0; i < 100; i++) {
      Predictions batch = drawn(new Random(seed * 1000 + i), 0);
      metrics.add(batch);
      for (int e = 0; e < batch.size(); e++) {
        double[] sums =
            oracle.computeIfAbsent(
                batch.traits().slices()[batch.traits().starts()[e]], d -> new double[2]);
        sums[0]++;
        sums[1] += batch.weights()[e] * batch.labels()[e];
      }
    }

    Map<Slice, Metrics> slices = metrics.slices();

    Metrics whole = metrics.report().sinceStart();
    assertThat(sum(slices, Metrics::positives)).isCloseTo(whole.positives(), within(1e-9));
    assertThat(sum(slices, Metrics::examples)).isEqualTo(whole.examples());
    double[] largest = oracle.values().stream().max((a, b) -> Double.compare(a[0], b[0])).get();
    assertThat(slices.values())
        .as("seed %d", seed)
        .anySatisfy(
            m -> {
              assertThat(m.examples()).isEqualTo((long) largest[0]);
              assertThat(m.positives()).isCloseTo(largest[1], within(1e-9));
            });
  }

  private static double sum(
      Map<Slice, Metrics> slices, java.util.function.ToDoubleFunction<Metrics> figure) {
    return slices.entrySet().stream()
        .filter(slice -> slice.getKey().field().equals("device"))
        .mapToDouble(slice -> figure.applyAsDouble(slice.getValue()))
        .sum();
  }

  private static Predictions drawn(Random random, long time) {
    int n = 1 + random.nextInt(60);
    long[][] slices = new long[n][];
    long[] users = new long[n];
    float[] labels = new float[n];
    float[] weights = new float[n];
    float[] probabilities = new float[n];
    for (int i = 0; i < n; i++) {
      int device = (int) (5 * random.nextDouble() * random.nextDouble());
      slices[i] = new long[] {DEVICE | device, GENRE | random.nextInt(3)};
      users[i] = random.nextInt(30);
      labels[i] = random.nextInt(2);
      weights[i] = (1 + random.nextInt(8)) / 4f;
      probabilities[i] = random.nextFloat();
    }
    return predictions(random.nextInt(2), time, users, labels, weights, probabilities, slices);
  }

  private static Predictions predictions(long time, long[]... slices) {
    int n = slices.length;
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return predictions(0, time, new long[n], ones, ones, ones, slices);
  }

  private static Predictions predictions(
      int trainer,
      long time,
      long[] users,
      float[] labels,
      float[] weights,
      float[] probabilities,
      long[]... slices) {
    int n = slices.length;
    long[] times = new long[n];
    Arrays.fill(times, time);
    int[] starts = new int[n + 1];
    for (int i = 0; i < n; i++) {
      starts[i + 1] = starts[i] + slices[i].length;
    }
    long[] all = Arrays.stream(slices).flatMapToLong(Arrays::stream).toArray();
    return new Predictions(times, labels, weights, probabilities, 10L * n)
        .with(new ExampleAttributes(trainer, 0, users, starts, all, new String[0]));
  }
}
