package io.freshet.train.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Fids;
import io.freshet.train.state.KeyGroups;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdmissionSketchTest {
  private static final int GROUPS = 8;
  private final MapRowState state = new MapRowState(new KeyGroups(GROUPS, 0, GROUPS));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void estimatesAreNeverTooLowAndSeldomTooHighUntilCountersAreHalved(long seed) throws Exception {
    AdmissionSketch sketch = sketch(0, GROUPS - 1, 1 << 20);
    SplittableRandom random = new SplittableRandom(seed);
    Map<Long, Integer> counts = new HashMap<>();
    int tooHigh = 0;
    int n = 100_000; // 262,144 counters a row
    for (int i = 0; i < n; i++) {
      long fid = Fids.of(3, random.nextInt(60_000) * 104_729L);
      int count = counts.merge(fid, 1, Integer::sum);
      int estimate = sketch.add(fid, 1);
      assertThat(estimate).as("seed %d", seed).isGreaterThanOrEqualTo(count);
      tooHigh += estimate > count ? 1 : 0;
    }

    assertThat(tooHigh).as("seed %d", seed).isLessThan(n / 100);
  }

  @Test
  void rareAndOldOccurrencesAreForgotten() throws Exception {
    AdmissionSketch sketch = sketch(0, GROUPS - 1, 1 << 14);
    long fid = Fids.of(1, 5);
    sketch.add(fid, 2);

    for (long other = 0; other < 40_000; other++) {
      sketch.add(Fids.of(2, other * 7919), 1);
    }

    assertThat(sketch.add(fid, 1)).isLessThan(3);
  }

  @Test
  void anEndlessStreamOfNewFeaturesDoesNotFillIt() throws Exception {
    AdmissionSketch sketch = sketch(0, GROUPS - 1, 1 << 16);
    int admitted = 0;
    for (long fid = 0; fid < 300_000; fid++) {
      admitted += sketch.add(Fids.of(1, fid * 104_729), 1) >= 3 ? 1 : 0;
    }

    assertThat(admitted).isLessThan(300_000 / 50);
  }

  @Test
  void countsMoveWithTheirKeyGroup() throws Exception {
    AdmissionSketch one = sketch(0, GROUPS - 1, 1 << 16);
    for (long fid = 0; fid < 500; fid++) {
      one.add(fid, 2);
    }
    one.write();

    KeyGroups all = state.groups();
    AdmissionSketch low = sketch(0, 2, 1 << 16);
    AdmissionSketch high = sketch(3, GROUPS - 1, 1 << 16);

    for (long fid = 0; fid < 500; fid++) {
      assertThat((all.groupOf(fid) < 3 ? low : high).add(fid, 1)).isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void itTakesTheMemoryItIsGiven() throws Exception {
    assertThat(sketch(0, GROUPS - 1, 1 << 20).bytes()).isEqualTo(1 << 20);
    assertThat(sketch(0, 1, 1 << 20).bytes()).isEqualTo((1 << 20) / 4);
  }

  private AdmissionSketch sketch(int from, int to, int bytes) throws Exception {
    return new AdmissionSketch(state.of(new KeyGroups(GROUPS, from, to - from + 1)), bytes);
  }
}
