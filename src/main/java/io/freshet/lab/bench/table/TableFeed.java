package io.freshet.lab.bench.table;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.bench.measure.ZipfCells;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/**
 * Examples for a table, one value a field: first those that contain every row once, then endless
 * ones from Zipf(1.05), newly drawn, since a pool that repeats would fit a cache. Pauses on
 * request, for the whole process.
 */
final class TableFeed extends RichMapFunction<Long, LabeledExample> {
  private static final long serialVersionUID = 1L;
  private static final double SKEW = 1.05;
  private static final int USERS = 100_000;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private static final AtomicLong SENT = new AtomicLong();
  private static volatile long allowed;

  private final int fields;
  private final int values; // of each field
  private final long seed;
  private transient ZipfCells ids;
  private transient SplittableRandom random;

  TableFeed(int fields, int rows, long seed) {
    this.fields = fields;
    this.values = rows / fields;
    this.seed = seed;
  }

  /** How many examples contain every row once. */
  static long toFill(int fields, int rows) {
    return rows / fields;
  }

  /** Lets examples pass up to this number; the others wait. */
  static void allow(long examples) {
    allowed = examples;
  }

  static void pause() {
    allowed = 0;
  }

  @Override
  public void open(OpenContext context) {
    ids = new ZipfCells(values, SKEW);
    random =
        new SplittableRandom(
            seed * SPREAD + getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
  }

  @Override
  public LabeledExample map(Long unused) throws InterruptedException {
    long number = SENT.getAndIncrement();
    while (number >= allowed) {
      Thread.sleep(1);
    }
    long[] fids = new long[1 + fields];
    float[] ones = new float[1 + fields];
    fids[0] = Fids.BIAS;
    ones[0] = 1;
    for (int field = 1; field <= fields; field++) {
      int value = number < values ? (int) number : ids.draw(random);
      fids[field] = Fids.of(field, (value + 1) * SPREAD);
      ones[field] = 1;
    }
    float label = random.nextInt(30) == 0 ? 1 : 0;
    long user = random.nextInt(USERS) * SPREAD;
    return new LabeledExample("", 0, label, 1, new Example(user, fids, ones));
  }
}
