package io.freshet.model.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.Fids;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Adam;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RowPackingTest {
  private static final List<OptimizerSettings> OPTIMIZERS =
      List.of(
          new Sgd(0.1f),
          new Adagrad(0.1f, 0.1f),
          new RowWiseAdagrad(0.1f, 0.1f),
          new Ftrl(0.5f, 1, 0, 0),
          new Adam(0.1f, 0.9f, 0.99f, 0.01f, 0));

  @Test
  void aRowHoldsWhatItsFieldHasOfParametersAndSlots() {
    ModelSettings model = ModelSettings.deepFm(10, List.of(), 0, 42);
    RowLayout layout = layout(model.withEmbeddingSizes(Map.of(3, 4)), OPTIMIZERS.get(1));
    float[] row = row(layout, Fids.of(3, 7), new Random(1));

    float[] packed = layout.packing().packed(Fids.of(3, 7), row);

    assertThat(packed).hasSize(5 + 1 + 4);
    assertThat(packed)
        .containsExactly(
            row[0], row[1], row[2], row[3], row[4], row[11], row[12], row[13], row[14], row[15]);
    assertThat(layout.packing().packed(Fids.of(2, 7), row)).containsExactly(row);
    assertThat(layout(model, OPTIMIZERS.get(1)).packing().packed(Fids.of(3, 7), row)).isSameAs(row);
  }

  @Test
  void rowsComeBackAsTheyWerePacked() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      int k = 1 + random.nextInt(9);
      Map<Integer, Integer> sizes = new HashMap<>();
      for (int field = 1; field < 4 && k > 1; field++) {
        if (random.nextBoolean()) {
          sizes.put(field, 1 + random.nextInt(k - 1));
        }
      }
      ModelSettings model = ModelSettings.deepFm(k, List.of(), 0, 42).withEmbeddingSizes(sizes);
      RowLayout layout = layout(model, OPTIMIZERS.get(random.nextInt(OPTIMIZERS.size())));
      RowPacking packing = layout.packing();
      long[] fids = random.longs(random.nextInt(5)).map(v -> Fids.of(field(v), v)).toArray();
      float[] packed = new float[packing.width(fids)];
      float[] rows = new float[fids.length * layout.width()];
      int at = 0;
      for (int i = 0; i < fids.length; i++) {
        float[] row = row(layout, fids[i], random);
        System.arraycopy(row, 0, rows, i * row.length, row.length);
        at += packing.pack(fids[i], row, 0, packed, at);
        float[] one = packing.packed(fids[i], row);
        assertThat(packing.unpacked(fids[i], one)).as("seed %s", seed).containsExactly(row);
      }

      assertThat(at).as("seed %s", seed).isEqualTo(packed.length);
      assertThat(packing.unpacked(fids, packed)).as("seed %s", seed).containsExactly(rows);
    }
  }

  private static int field(long value) {
    return 1 + (int) Math.floorMod(value, 4L);
  }

  /** A row that has learned. */
  private static float[] row(RowLayout layout, long fid, Random random) {
    float[] row = new float[layout.width()];
    layout.start(fid, row, 0);
    float[] gradient = new float[layout.finishedWidth()];
    for (int i = 0; i < 1 + layout.embeddingSize(fid); i++) {
      gradient[i] = (float) random.nextGaussian();
    }
    layout.update(fid, row, 0, gradient, 0);
    return row;
  }

  private static RowLayout layout(ModelSettings model, OptimizerSettings embedding) {
    LearningSettings learning = LearningSettings.DEFAULT;
    return new RowLayout(
        model, learning.withOptimizers(learning.firstOrder(), embedding, learning.dense()));
  }
}
