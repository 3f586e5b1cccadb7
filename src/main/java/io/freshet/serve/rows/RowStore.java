package io.freshet.serve.rows;

import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotReader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the rows of the served model lie.
 *
 * <p>One thread, the follower's, changes it. The models that it gives away may be read by any; each
 * of them is one version and stays that version, whatever is loaded later.
 */
public interface RowStore extends AutoCloseable {

  /** The model from before the store was opened, held for the caller; asked for once, first. */
  Optional<ServedModel> resume() throws IOException;

  /** The version that deltas can be added to; nothing where only a full will do. */
  Optional<Version> held();

  /**
   * Brings the store to the last version of a chain.
   *
   * @param chain a full and the deltas after it, or the deltas after the {@link #held} version
   * @return the model of the last version, held for the caller
   * @throws IOException where a file or the store itself is not as it should be; the models given
   *     away before stay as they are
   */
  ServedModel load(List<Manifest> chain, SnapshotReader reader) throws IOException;

  /** Memory outside the heap, by what it is for; for any thread. */
  default Map<String, Long> nativeBytes() {
    return Map.of();
  }

  /** Frees what only released models needed. */
  void tidy() throws IOException;

  @Override
  void close() throws IOException;
}
