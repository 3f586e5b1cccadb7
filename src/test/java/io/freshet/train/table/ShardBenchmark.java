package io.freshet.train.table;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.row.RowLayout;
import io.freshet.train.message.ShardRequest.RowDelta;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a row costs a shard whose half million rows are all in its cache; skewed features. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ShardBenchmark {
  private static final RowLayout LAYOUT =
      new RowLayout(ModelSettings.deepFm(10, List.of(), 0, 42), LearningSettings.DEFAULT);
  private static final int WIDTH = LAYOUT.width();
  private static final int[] NO_GENERATIONS = {};
  private static final int ROWS = 1 << 19;
  private static final int MESSAGE = 6000;
  private static final int MESSAGES = 128;

  final RowDelta[] deltas = new RowDelta[MESSAGES];
  final float[] values = new float[MESSAGE * WIDTH];
  final long[] updates = new long[MESSAGE];
  private EmbeddingTable table;
  int next;

  @Setup
  public void fill() throws Exception {
    MapRowState state = new MapRowState(TableFixture.groups(1, 0));
    table = new EmbeddingTable(LAYOUT, TableSettings.OFF, 1 << 20, state, rows -> {});

    for (int from = 0; from < ROWS; from += MESSAGE) {
      long first = from;
      long[] fids = new long[MESSAGE];
      Arrays.setAll(fids, i -> fid(first + i));
      table.read(fids, values, updates, NO_GENERATIONS);
    }
    SplittableRandom random = new SplittableRandom(1);
    Arrays.setAll(deltas, i -> delta(random));
  }

  private static RowDelta delta(SplittableRandom random) {
    long[] fids =
        random
            .doubles()
            .mapToLong(u -> fid((long) Math.pow(ROWS, u)))
            .distinct()
            .limit(MESSAGE)
            .toArray();
    int[] counts = new int[MESSAGE];
    Arrays.fill(counts, 1);
    long[] base = random.longs(MESSAGE, 0, 2).toArray();
    return new RowDelta(fids, 0, base, counts, new float[MESSAGE * WIDTH]);
  }

  private static long fid(long rank) {
    return rank * 0x9E3779B97F4A7C15L;
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGE)
  public void lookUp() throws Exception {
    table.read(deltas[next++ % MESSAGES].fids(), values, updates, NO_GENERATIONS);
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGE)
  public void add() throws Exception {
    table.add(deltas[next++ % MESSAGES], 0);
  }
}
