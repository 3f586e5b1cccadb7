package io.freshet.lab.bench.serving;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.lab.bench.measure.Speed;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A store of rows: how fast a full and deltas load, and how fast one thread gets rows through the
 * scorer of a factorization machine, whose own work is small.
 */
final class StoreBench implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(2);
  private static final Duration MEASURE = Duration.ofSeconds(3);
  private static final int CANDIDATES = 100;

  private final GeneratedSnapshots snapshots;
  private final SnapshotFollower follower;
  private final SplittableRandom random;
  private int version = 1;

  StoreBench(GeneratedSnapshots snapshots, RowStore store, long seed) {
    this.snapshots = snapshots;
    follower = new SnapshotFollower(new SnapshotStore(snapshots), store, InstantSource.system());
    random = new SplittableRandom(seed);
  }

  Duration load() throws InterruptedException {
    long start = System.nanoTime();
    follower.start(POLL);
    await(GeneratedSnapshots.version(version));
    return Duration.ofNanos(System.nanoTime() - start);
  }

  Duration delta() throws InterruptedException {
    version++;
    long start = System.nanoTime();
    snapshots.publish(version);
    await(GeneratedSnapshots.version(version));
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void await(Version wanted) throws InterruptedException {
    while (follower.model().isEmpty() || !follower.model().get().version().equals(wanted)) {
      follower
          .state()
          .problem()
          .ifPresent(
              problem -> {
                throw new IllegalStateException(problem);
              });
      Thread.sleep(1);
    }
  }

  /**
   * Rows a second, all of them present.
   *
   * @param skew 1 is uniform; with 4, a tenth of the rows gets more than half of the lookups
   */
  Speed rows(int skew) throws InterruptedException {
    try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
      Speed.of(MEASURE.dividedBy(3), () -> score(scorer, skew)); // warm-up
      return Speed.of(MEASURE, () -> score(scorer, skew));
    }
  }

  private double score(Scorer scorer, int skew) {
    List<Example> candidates = new ArrayList<>();
    for (int i = 0; i < CANDIDATES; i++) {
      candidates.add(candidate(skew));
    }
    scorer.score(candidates);
    return CANDIDATES * (double) GeneratedSnapshots.FIELDS;
  }

  private Example candidate(int skew) {
    long[] fids = new long[1 + GeneratedSnapshots.FIELDS];
    fids[0] = Fids.BIAS;
    for (int field = 1; field < fids.length; field++) {
      long value = (long) (snapshots.ofField() * Math.pow(random.nextDouble(), skew));
      fids[field] = GeneratedSnapshots.fid(field, value);
    }
    float[] values = new float[fids.length];
    Arrays.fill(values, 1);
    return new Example(0, fids, values);
  }

  @Override
  public void close() {
    follower.close();
  }
}
