package io.freshet.model;

/** Finished rows by feature id, wherever they lie. */
@FunctionalInterface
public interface FinishedRows {

  /**
   * Copies the finished row {@code [w, v₁…v_k]} of a feature to {@code target[at …]}.
   *
   * @return false, and nothing copied, if it has no row
   */
  boolean read(long fid, float[] target, int at);
}
