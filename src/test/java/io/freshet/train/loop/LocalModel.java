package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.FeatureSchema;
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
    LocalModel local = new LocalModel(SyntheticExamples.SCHEMA, model, learning);
    local.learn(examples, batch);
    return local;
  }

  LocalModel(FeatureSchema schema, ModelSettings model, LearningSettings learning) {
    this(new LocalLearner(schema, model, learning));
  }

  /** Learns examples batch by batch, as a job does up to a checkpoint. */
  void learn(List<LabeledExample> examples, int batch) {
    for (int i = 0; i < examples.size(); i += batch) {
      learner.learn(examples.subList(i, Math.min(examples.size(), i + batch)));
    }
    learner.flushDense();
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
