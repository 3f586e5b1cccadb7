package io.freshet.snapshot.publish;

import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LostException;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that another learner publishes into the same root: each is whole for itself, but what is
 * served goes back and forth between them.
 *
 * <p>A job that continues from a savepoint finds the version of the run before it, which is no
 * other learner; so a version is another's only if it became current after one of this run.
 */
final class ConcurrentWriterCheck {
  private static final Logger LOG = LoggerFactory.getLogger(ConcurrentWriterCheck.class);

  private final SnapshotStore store;
  private Manifest own; // published last by this run, null before

  ConcurrentWriterCheck(SnapshotStore store) {
    this.store = store;
  }

  void published(Manifest manifest) {
    own = manifest;
  }

  /**
   * The current version and a warning, where another learner published it after this run's last.
   */
  Optional<Version> look() throws IOException {
    try {
      return others();
    } catch (LostException e) {
      LOG.warn("whether another learner publishes here cannot be seen", e);
      return Optional.empty();
    }
  }

  private Optional<Version> others() throws IOException {
    Optional<Version> current = store.latest();
    if (own == null || current.isEmpty() || store.pin().isPresent() || !isOthers(current.get())) {
      return Optional.empty();
    }
    LOG.warn(
        "another learner has published version {} in {}, so that what is served goes back and forth"
            + " between two models; stop one of them, or give each a root of its own",
        current.get(),
        store.storage());
    return current;
  }

  private boolean isOthers(Version current) throws IOException {
    return !current.lineage().equals(own.version().lineage())
        && store.reason().isEmpty() // else a person chose it
        && store.manifest(current).created().isAfter(own.created());
  }
}
