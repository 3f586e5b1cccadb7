package io.freshet.lab.bench.loop;

import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.bench.measure.BenchExamples;
import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Figure;
import io.freshet.lab.bench.measure.Roofline;
import io.freshet.lab.bench.measure.Speed;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.LocalLearner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The local learner on one thread: the cost of arithmetic and rows, without Flink.
 *
 * <p>Batches are drawn in advance. Rounds and measurements of the roofline alternate, so that both
 * see the same machine.
 */
final class KernelBench {
  private static final int POOL = 1 << 16;
  private static final int ROWS = 1_000_000;
  private static final Duration WARM_UP = Duration.ofSeconds(4);
  private static final Duration ROUND = Duration.ofSeconds(2);

  private final Workload workload;
  private final BenchOptions options;
  private final LocalLearner learner;
  private final List<List<LabeledExample>> batches = new ArrayList<>();
  private int next;

  KernelBench(Workload workload, BenchOptions options) {
    this.workload = workload;
    this.options = options;
    learner = new LocalLearner(workload.schema(), workload.model(), workload.learning());
    BenchExamples examples = new BenchExamples(workload.fields(), ROWS, options.seed);
    for (int drawn = 0; drawn < POOL; drawn += workload.batchSize()) {
      batches.add(examples.next(workload.batchSize()));
    }
  }

  Figure run(String what) throws InterruptedException {
    Roofline roofline = new Roofline(workload.batchSize(), 1);
    Speed.of(options.length(WARM_UP), this::learn);
    List<Figure.Round> measured = new ArrayList<>();
    for (int round = 0; round < options.rounds; round++) {
      Speed roof = roofline.flops().dividedBy(workload.flops());
      measured.add(new Figure.Round(Speed.of(options.length(ROUND), this::learn), roof));
    }
    checkLearning();
    return new Figure("kernel", what, workload, 1, measured);
  }

  private double learn() {
    return learnNext().size();
  }

  private Predictions learnNext() {
    return learner.learn(batches.get(next++ % batches.size()));
  }

  private void checkLearning() {
    while ((long) next * workload.batchSize() < LearningCheck.LEARNED) {
      learn();
    }
    LearningCheck check = new LearningCheck();
    while (check.examples() < LearningCheck.EXAMPLES) {
      check.add(learnNext());
    }
    check.addSkipped(learner.skipped());
    check.assertAlive();
  }
}
