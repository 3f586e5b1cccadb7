package io.freshet.lab.bench.cost;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.bench.loop.LearningCheck;
import io.freshet.lab.bench.measure.BenchExamples;
import io.freshet.lab.bench.measure.BenchOptions;
import io.freshet.lab.bench.measure.Speed;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.model.kind.Predictor;
import io.freshet.model.learn.LocalLearner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Models in turns on one thread: each round measures one after the other, so that all see the same
 * machine. First the learner that every trainer of the loop has, then the predictor that servers
 * score with.
 */
final class CostBench {
  private static final int POOL = 1 << 15;
  private static final int ROWS = 1_000_000;
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final Duration ROUND = Duration.ofSeconds(1);

  private final BenchOptions options;
  private final List<Subject> subjects = new ArrayList<>();

  /** A model that learns and scores. */
  private static final class Subject {
    private final String name;
    private final LocalLearner learner;
    private final List<List<LabeledExample>> batches = new ArrayList<>();
    private final List<List<Example>> candidates = new ArrayList<>();
    private Predictor predictor;
    private int next;

    Subject(CostCase of, List<List<LabeledExample>> plain, Workload workload) {
      name = of.name();
      learner = new LocalLearner(of.schema(), of.model(), workload.learning());
      for (List<LabeledExample> batch : plain) {
        batches.add(batch.stream().map(of.change()).toList());
        candidates.add(
            batches.get(batches.size() - 1).stream().map(LabeledExample::example).toList());
      }
    }

    double learn() {
      return learner.learn(batches.get(next++ % batches.size())).size();
    }

    double score() {
      return predictor.predict(candidates.get(next++ % candidates.size())).length;
    }

    /** Learns on until it can be checked, and takes what it learned for scoring. */
    void finish() {
      while (next * batches.get(0).size() < LearningCheck.LEARNED) {
        learn();
      }
      LearningCheck check = new LearningCheck();
      while (check.examples() < LearningCheck.EXAMPLES) {
        check.add(learner.learn(batches.get(next++ % batches.size())));
      }
      check.addSkipped(learner.skipped());
      check.assertAlive();
      predictor = learner.predictorOfNow();
    }
  }

  /**
   * A bench.
   *
   * @param cases the plain one first
   */
  CostBench(List<CostCase> cases, BenchOptions options) {
    this.options = options;
    Workload workload = Workload.defaults();
    BenchExamples examples = new BenchExamples(workload.fields(), ROWS, options.seed);
    List<List<LabeledExample>> plain = new ArrayList<>();
    for (int drawn = 0; drawn < POOL; drawn += workload.batchSize()) {
      plain.add(examples.next(workload.batchSize()));
    }
    cases.forEach(of -> subjects.add(new Subject(of, plain, workload)));
  }

  /**
   * Measures.
   *
   * @throws IllegalStateException where a model has not learned
   */
  List<CostFigure> run() throws InterruptedException {
    List<List<Speed>> learned = rounds(Subject::learn);
    subjects.forEach(Subject::finish);
    List<List<Speed>> scored = rounds(Subject::score);
    List<CostFigure> figures = new ArrayList<>();
    for (int s = 0; s < subjects.size(); s++) {
      figures.add(new CostFigure(subjects.get(s).name, against(learned, s), against(scored, s)));
    }
    return figures;
  }

  private interface Piece {
    double of(Subject subject);
  }

  /** Speeds by subject, a number a round. */
  private List<List<Speed>> rounds(Piece piece) throws InterruptedException {
    List<List<Speed>> speeds = new ArrayList<>();
    for (Subject subject : subjects) {
      Speed.of(options.length(WARM_UP), () -> piece.of(subject));
      speeds.add(new ArrayList<>());
    }
    for (int round = 0; round < options.rounds; round++) {
      for (int s = 0; s < subjects.size(); s++) {
        Subject subject = subjects.get(s);
        speeds.get(s).add(Speed.of(options.length(ROUND), () -> piece.of(subject)));
      }
    }
    return speeds;
  }

  private static List<CostFigure.Round> against(List<List<Speed>> speeds, int subject) {
    List<CostFigure.Round> rounds = new ArrayList<>();
    for (int round = 0; round < speeds.get(0).size(); round++) {
      rounds.add(new CostFigure.Round(speeds.get(subject).get(round), speeds.get(0).get(round)));
    }
    return rounds;
  }
}
