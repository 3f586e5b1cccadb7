package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.LabeledExample;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.learn.LocalLearner;
import java.util.List;

/** What the single-thread learner learns from synthetic examples. */
public record LocalModel(LocalLearner learner) {

  /** Learns examples batch by batch. */
  public static LocalModel of(
      List<LabeledExample> examples, int batch, ModelSettings model, LearningSettings learning) {
    LocalLearner local = new LocalLearner(SyntheticExamples.SCHEMA, model, learning);
    for (int i = 0; i < examples.size(); i += batch) {
      local.learn(examples.subList(i, Math.min(examples.size(), i + batch)));
    }
    local.flushDense();
    return new LocalModel(local);
  }

  /** The weights of the dense part. */
  public float[] dense() {
    float[] values = new float[learner.dense().size()];
    learner.dense().finish(0, values.length, values, 0);
    return values;
  }

  /** Asserts that every row of a job is the local one, bit for bit. */
  public void assertHasRowsOf(LoopRun job) {
    job.rows.forEach(
        (fid, row) -> {
          int local = learner.find(fid);
          assertThat(local).as("row of %d", fid).isNotNegative();
          assertThat(row).containsExactly(learner.finished(local));
          assertThat(job.updates).containsEntry(fid, learner.updates(local));
        });
  }
}
