package io.freshet.serve.model;

import io.freshet.model.row.RowWeights;

/**
 * The rows of one version, which never change. Thread-safe.
 *
 * <p>They can be read while they are held. Their maker holds them first; once the last holder has
 * released them they may be gone, and cannot be held again.
 */
public interface VersionRows extends RowWeights {

  /** Number of rows. */
  long size();

  /** Holds the rows until they are released; false if they are gone. */
  boolean hold();

  void release();
}
