package io.freshet.train;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.dense.ModelShape;
import io.freshet.model.gauge.PublishedGauge;
import java.io.Serializable;
import java.util.Optional;

/**
 * The weights and the gauge of a model learned elsewhere, from which a job without state starts.
 * Optimizer slots are not part of it and start new. A job with state ignores it.
 */
public interface WarmStart extends Serializable {
  /** No model: every parameter starts from the seed. */
  WarmStart NONE =
      new WarmStart() {
        private static final long serialVersionUID = 1L;

        @Override
        public Optional<ModelShape> shape() {
          return Optional.empty();
        }

        @Override
        public long lastSeen() {
          return 0;
        }

        @Override
        public void rows(Rows to) {}

        @Override
        public float[] dense() {
          return new float[0];
        }

        @Override
        public PublishedGauge gauge(FeatureSchema schema) {
          return PublishedGauge.NONE;
        }
      };

  /** Takes rows; the last call for a feature counts. */
  interface Rows {
    /** Takes the weights {@code [w, v₁…v_k]} of a feature, from {@code values[at]} on. */
    void take(long fid, long updates, float[] values, int at) throws Exception;

    /** Removes the row of a feature. */
    void remove(long fid) throws Exception;
  }

  /** The shape of the model; empty if there is none. */
  Optional<ModelShape> shape();

  /** What all rows count as last seen, epoch milliseconds. */
  long lastSeen();

  /** Reads the rows of all shards. */
  void rows(Rows to) throws Exception;

  /** The weights of the dense part, in the order of the shape. */
  float[] dense() throws Exception;

  /**
   * The gauge, its numbers in the order of a schema's; those of a field that the model lacks have a
   * deviation of 0, as of one that has seen nothing.
   */
  PublishedGauge gauge(FeatureSchema schema) throws Exception;
}
