package io.freshet.train;

import io.freshet.model.dense.ModelShape;
import java.io.Serializable;
import java.util.Optional;

/**
 * What a job starts from that has no state: the finished parameters of a model learned elsewhere.
 * Optimiser slots are not part of those and start anew. State, where there is any, goes first.
 */
public interface WarmStart extends Serializable {
  /** Every parameter starts as the seed gives it. */
  WarmStart NONE =
      new WarmStart() {
        private static final long serialVersionUID = 1L;

        @Override
        public Optional<ModelShape> shape() {
          return Optional.empty();
        }

        @Override
        public void rows(Rows to) {}

        @Override
        public float[] dense() {
          return new float[0];
        }
      };

  /** Where rows go; what is said of a feature later counts. */
  interface Rows {
    /** Takes the finished row {@code [w, v₁…v_k]} of a feature, from {@code values[at]} on. */
    void take(long fid, long updates, long lastSeen, float[] values, int at) throws Exception;

    /** Takes it that a feature has no row. */
    void remove(long fid) throws Exception;
  }

  /** The shape of the model; empty if there is none. */
  Optional<ModelShape> shape();

  /** Reads all rows, those of other shards as well. */
  void rows(Rows to) throws Exception;

  /** Finished values of the deep part, in the order of the shape. */
  float[] dense() throws Exception;
}
