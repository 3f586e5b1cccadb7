package io.freshet.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Examples;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever floats come in as values, labels and weights, no parameter and no optimizer slot is ever
 * infinite or undefined, and learning goes on. Seeds are in the names.
 */
final class PoisonTest {
  private static final float[] EXTREMES = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.MIN_VALUE,
    1e10f,
    -1e15f,
    1e17f,
    1e19f,
    -1e25f,
    0,
    -0f
  };
  private static final OptimizerSettings VECTORS = new RowWiseAdagrad(1, 1e-6f);
  private static final List<OptimizerSettings> OPTIMIZERS =
      List.of(
          new Ftrl(0.5f, 1, 0, 0),
          new Ftrl(100, 1e-6f, 1, 1000),
          new Adagrad(0.1f, 0.1f),
          new Adagrad(100, 1e-6f),
          VECTORS,
          new Sgd(0.01f),
          new Sgd(100));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void noExtremeValueMakesAParameterInfiniteOrUndefined(long seed) {
    Random random = new Random(seed);
    List<String> reasons = new ArrayList<>();
    LocalLearner learner = learner(random, reasons);
    Examples examples = new Examples(seed);

    for (int batch = 0; batch < 60; batch++) {
      List<LabeledExample> poisoned = new ArrayList<>();
      for (LabeledExample example : examples.ofUsers(9, 64)) {
        poisoned.add(random.nextInt(4) == 0 ? poisoned(example, random) : example);
      }
      learner.learn(poisoned);
      assertAllIsFinite(learner);
    }

    assertThat(learner.skipped()).isPositive();
    assertThat(reasons).isNotEmpty();
  }

  private static LocalLearner learner(Random random, List<String> reasons) {
    ModelSettings model =
        ModelSettings.deepFm(
            1 + random.nextInt(6),
            random.nextBoolean() ? List.of(16, 300) : List.of(),
            random.nextInt(3) == 0 ? 1 : 0,
            random.nextLong());
    LearningSettings learning =
        LearningSettings.DEFAULT
            .withStepSize(1 + random.nextInt(64))
            .withRepeatsPerUser(1 + random.nextInt(3))
            .withOptimizers(anyForSingle(random), any(random), anyForSingle(random))
            .withDenseStepSize(1 + random.nextInt(64));
    return new LocalLearner(
        Examples.SCHEMA, model, learning, (example, reason) -> reasons.add(reason));
  }

  private static OptimizerSettings any(Random random) {
    return OPTIMIZERS.get(random.nextInt(OPTIMIZERS.size()));
  }

  private static OptimizerSettings anyForSingle(Random random) {
    OptimizerSettings settings = any(random);
    return settings.isForVectors() ? anyForSingle(random) : settings;
  }

  private static LabeledExample poisoned(LabeledExample example, Random random) {
    float[] values = example.example().values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(3) == 0 ? extreme(random) : values[i];
    }
    return Examples.labeled(
        random.nextInt(4) == 0 ? extreme(random) : example.label(),
        random.nextInt(4) == 0 ? extreme(random) : example.weight(),
        new Example(example.example().user(), example.example().fids(), values));
  }

  private static float extreme(Random random) {
    return EXTREMES[random.nextInt(EXTREMES.length)];
  }

  private static void assertAllIsFinite(LocalLearner learner) {
    for (int row = 0; row < learner.rows(); row++) {
      assertFinite(learner.stored(row), "stored row of feature " + learner.fid(row));
      assertFinite(learner.finished(row), "finished row of feature " + learner.fid(row));
    }
    DenseParameters dense = learner.dense();
    for (int plane = 0; plane < dense.planes(); plane++) {
      float[] values = new float[dense.size()];
      dense.read(plane, 0, values.length, values, 0);
      assertFinite(values, "plane " + plane + " of the deep part");
    }
  }

  private static void assertFinite(float[] values, String what) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new AssertionError(value + " in the " + what);
      }
    }
  }
}
