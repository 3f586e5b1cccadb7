package io.freshet.lab.bench.measure;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Examples with one value a field, drawn from Zipf(1.05) over a million values in all; one of
 * thirty is clicked, by {@link PlantedClicks}. Users interleave and hardly come twice in a step.
 */
public final class BenchExamples {
  private static final double SKEW = 1.05;
  private static final int USERS = 100_000;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final int fields;
  private final int idsPerField;
  private final ZipfIds ids;
  private final SplittableRandom random;
  private final PlantedClicks clicks = new PlantedClicks(1 / 30.0);

  public BenchExamples(int fields, long rows, long seed) {
    this.fields = fields;
    idsPerField = (int) Math.max(1, rows / fields);
    ids = new ZipfIds(idsPerField, SKEW);
    random = new SplittableRandom(seed);
  }

  public List<LabeledExample> next(int n) {
    return IntStream.range(0, n).mapToObj(i -> next()).toList();
  }

  /** Examples that hold each id once. */
  public List<LabeledExample> each() {
    return IntStream.range(0, idsPerField).mapToObj(id -> example(() -> id)).toList();
  }

  public LabeledExample next() {
    return example(() -> ids.draw(random));
  }

  private LabeledExample example(LongSupplier id) {
    long[] fids = new long[1 + fields];
    float[] values = new float[1 + fields];
    fids[0] = Fids.BIAS;
    values[0] = 1;
    clicks.begin();
    for (int field = 1; field <= fields; field++) {
      long value = id.getAsLong();
      fids[field] = Fids.of(field, (value + 1) * SPREAD);
      values[field] = 1;
      clicks.add(field, value);
    }
    return new LabeledExample(
        "",
        0,
        clicks.draw(random) ? 1 : 0,
        1,
        new Example(random.nextInt(USERS) * SPREAD, fids, values));
  }
}
