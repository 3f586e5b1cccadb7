package io.freshet.lab.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ZipfCellsTest {
  private static final int N = 500_000;
  private static final int DRAWS = 1_000_000;

  @Test
  void numbersFallInEachPartAsOftenAsThoseOfZipf() {
    ZipfCells cells = new ZipfCells(N, 1.05);
    ZipfIds ids = new ZipfIds(N, 1.05);
    SplittableRandom random = new SplittableRandom(7);
    int[] fromCells = new int[6];
    int[] fromIds = new int[6];

    for (int i = 0; i < DRAWS; i++) {
      fromCells[part(cells.draw(random))]++;
      fromIds[part(ids.draw(random))]++;
    }

    for (int part = 0; part < fromIds.length; part++) {
      assertThat((double) fromCells[part] / DRAWS)
          .as("part %d", part)
          .isCloseTo((double) fromIds[part] / DRAWS, within(0.003));
    }
  }

  @Test
  void theLastNumberIsDrawnToo() {
    ZipfCells cells = new ZipfCells(3, 1.05);
    SplittableRandom random = new SplittableRandom(7);

    assertThat(random.ints(1000).map(i -> cells.draw(random)).distinct().sorted())
        .containsExactly(0, 1, 2);
  }

  /** 0, 1 … 9, 10 … 99 and so on. */
  private static int part(long number) {
    assertThat(number).isBetween(0L, N - 1L);
    return number == 0 ? 0 : Math.min(5, 1 + (int) Math.log10(number));
  }
}
