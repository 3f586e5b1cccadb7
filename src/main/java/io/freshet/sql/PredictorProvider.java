package io.freshet.sql;

import org.apache.flink.table.functions.PredictFunction;
import org.apache.flink.table.ml.ModelProvider;
import org.apache.flink.table.ml.PredictRuntimeProvider;

/** Gives each {@code ML_PREDICT} of a query its {@link SnapshotPredictor}. */
record PredictorProvider(ModelOptions options, InputColumns input, OutputColumns output)
    implements PredictRuntimeProvider {
  @Override
  public PredictFunction createPredictFunction(Context context) {
    return new SnapshotPredictor(options, input, output);
  }

  @Override
  public ModelProvider copy() {
    return this; // never changes
  }
}
