package io.freshet.lab.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.lab.replay.mapping.ReplayRow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlantedRowsTest {
  /** The standard of C++ names the ten-thousandth number of std::mt19937_64. */
  @Test
  void theGeneratorIsThatOfTheStandard() {
    Mersenne64 random = new Mersenne64(5489);
    for (int i = 1; i < 10_000; i++) {
      random.nextLong();
    }

    assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("9981545732273789042");
  }

  /** From the C++ simulation: truth=1 base=.1. */
  @Test
  void rowsAreThoseOfTheSimulation() {
    PlantedData data = new PlantedData();
    data.truth = true;
    data.base = .1;
    data.examples = 10;

    ReplayRow second = rows(data).get(1);

    assertThat(second.features()).containsEntry("c0", "73128").containsEntry("c1", "421");
    assertThat((double) second.features().get("n12")).isCloseTo(615.1737162, within(1e-3));
  }

  @Test
  void theBreakScalesTheSecondHalf() {
    PlantedData data = new PlantedData();
    data.examples = 10;
    PlantedData shifted = new PlantedData();
    shifted.examples = 10;
    shifted.shift = 1000;

    double before = (double) rows(data).get(5).features().get("n0");
    assertThat(rows(shifted).get(4).features()).isEqualTo(rows(data).get(4).features());
    assertThat((double) rows(shifted).get(5).features().get("n0")).isEqualTo(1000 * before);
  }

  private static List<ReplayRow> rows(PlantedData data) {
    List<ReplayRow> rows = new ArrayList<>();
    data.rows().forEachRemaining(rows::add);
    return rows;
  }
}
