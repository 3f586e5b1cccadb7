package io.freshet.cli.bench;

import io.freshet.feature.LabelledExample;
import io.freshet.model.LocalLearner;
import java.util.ArrayList;
import java.util.List;

/**
 * The plain learner on one thread: what the arithmetic and the rows cost, without any Flink.
 *
 * <p>Batches are drawn beforehand. Rounds and measurements of the roofline take turns, so that both
 * see the same machine.
 */
final class KernelBench {
  private static final int POOL = 1 << 16;
  private static final int ROWS = 1_000_000;
  private static final double WARM_UP_SECONDS = 4;
  private static final double ROUND_SECONDS = 2;

  private final Workload workload;
  private final LocalLearner learner;
  private final List<List<LabelledExample>> batches = new ArrayList<>();
  private int next;

  KernelBench(Workload workload, long seed) {
    this.workload = workload;
    learner = new LocalLearner(workload.schema(), workload.model(), workload.learning());
    BenchExamples examples = new BenchExamples(workload.fields(), ROWS, seed);
    for (int drawn = 0; drawn < POOL; drawn += workload.batchSize()) {
      batches.add(examples.next(workload.batchSize()));
    }
  }

  Figure run(String what, int rounds) {
    Roofline roofline = new Roofline(workload.batchSize(), 1);
    learnFor(WARM_UP_SECONDS);
    List<Double> speeds = new ArrayList<>();
    List<Double> roofs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      roofs.add(roofline.flops() / workload.flops());
      speeds.add(learnFor(ROUND_SECONDS));
    }
    return new Figure(
        "kernel", what, workload, 1, Figure.median(speeds), Figure.median(roofs), rounds);
  }

  /** Examples a second. */
  private double learnFor(double seconds) {
    long start = System.nanoTime();
    long learned = 0;
    while (System.nanoTime() - start < seconds * 1e9) {
      List<LabelledExample> batch = batches.get(next++ % batches.size());
      learner.learn(batch);
      learned += batch.size();
    }
    return learned / ((System.nanoTime() - start) / 1e9);
  }
}
