package io.freshet.serve.model;

import io.freshet.model.row.RowWeights;

/**
 * The rows of one version, which never change. Thread-safe.
 *
 * <p>They can be read while somebody holds them. They are born held, by whoever made them; when the
 * last holder has released them, they may be gone, and nobody can hold them any more.
 */
public interface VersionRows extends RowWeights {

  /** Number of rows. */
  long size();

  /** Holds the rows until they are released; false if they are gone. */
  boolean hold();

  void release();
}
