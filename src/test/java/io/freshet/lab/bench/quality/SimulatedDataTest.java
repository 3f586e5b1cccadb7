package io.freshet.lab.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.replay.mapping.ReplayRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedDataTest {
  @Test
  void everyImpressionComesOnceWithItsClickAndItsFields() throws IOException {
    SimulatedData data = new SimulatedData(2000);
    List<ReplayRow> rows = new ArrayList<>();
    data.rows().forEachRemaining(rows::add);

    assertThat(rows).hasSize(2000).extracting(ReplayRow::id).doesNotHaveDuplicates();
    assertThat(rows)
        .allSatisfy(row -> assertThat(row.features()).containsOnlyKeys(data.fields().keySet()));
    assertThat(rows.stream().filter(ReplayRow::clicked).count()).isBetween(250L, 550L);
    assertThat(rows).extracting(ReplayRow::time).isSorted();
  }
}
