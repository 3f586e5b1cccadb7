package io.freshet.model.learn;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.MiniBatch;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.kind.DeepFm;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** DeepFM forward and backward over a row step: 39 fields, k = 10, layers of 400-400-400. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class StepBenchmark {
  private static final int FIELDS = 39;
  private static final ModelSettings MODEL =
      ModelSettings.deepFm(10, List.of(400, 400, 400), 0, 42);

  @Param({"1", "8", "64", "512"})
  private int step;

  private final MiniBatch batch = new MiniBatch();
  private DeepFm model;
  private int[] order;
  private float[] rows;
  private float[] gradients;
  private float[] logitGradients;
  private float[] denseGradient;

  @Setup
  public void draw() {
    List<Field> fields =
        IntStream.rangeClosed(1, FIELDS)
            .<Field>mapToObj(i -> new CategoricalField("c" + i, i))
            .toList();
    model = new DeepFm(new FeatureSchema(fields, "c1"), MODEL);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < step; i++) {
      batch.add(new LabeledExample("", 0, i % 2, 1, example(random)));
    }
    order = IntStream.range(0, step).toArray();
    rows = new float[batch.rows() * 11];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    gradients = new float[rows.length];
    logitGradients = new float[step];
    Arrays.fill(logitGradients, 0.1f);
    var dense = DenseParameters.start(FIELDS, MODEL, LearningSettings.DEFAULT.dense());
    denseGradient = new float[dense.size()];
    dense.finish(denseGradient);
    model.dense(denseGradient);
    forward();
  }

  private static Example example(SplittableRandom random) {
    long[] fids = new long[1 + FIELDS];
    float[] values = new float[1 + FIELDS];
    Arrays.setAll(fids, f -> f == 0 ? Fids.BIAS : Fids.of(f, random.nextInt(2000)));
    Arrays.fill(values, 1);
    return new Example(random.nextLong(), fids, values);
  }

  @Benchmark
  public float forward() {
    model.forward(batch, order, 0, step, rows);
    return model.logit(0);
  }

  /**
   * Gradients by the rows and by the deep part's inputs, and the factors of its gradient gathered.
   */
  @Benchmark
  public float backward() {
    model.backward(logitGradients, gradients);
    return gradients[0];
  }

  /** The whole way, and the deep part's gradient. */
  @Benchmark
  public float step() {
    forward();
    backward();
    model.drain(denseGradient);
    return denseGradient[0];
  }
}
