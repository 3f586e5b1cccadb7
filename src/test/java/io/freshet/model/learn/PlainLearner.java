package io.freshet.model.learn;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.gauge.Gauge;
import io.freshet.model.row.RowLayout;

/** Learners without safeguards, whose steps are the plain ones of the formulas. */
public final class PlainLearner {
  private PlainLearner() {}

  public static BatchLearner of(
      FeatureSchema schema,
      ModelSettings model,
      LearningSettings learning,
      RowLayout layout,
      DenseParameters dense) {
    return of(schema, model, learning, layout, dense, SkipListener.NONE);
  }

  static BatchLearner of(
      FeatureSchema schema,
      ModelSettings model,
      LearningSettings learning,
      RowLayout layout,
      DenseParameters dense,
      SkipListener listener) {
    Gauge gauge = new Gauge(schema, model, Safeguards.OFF, true);
    LearningSettings plain = learning.withSafeguards(Safeguards.OFF);
    return new BatchLearner(schema, model, plain, layout, dense, gauge, listener);
  }
}
