package io.freshet.snapshot.publish;

import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.write.PartFile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The folder of staged parts, and when one of them goes.
 *
 * <p>A published part is moved into its version, and a start from an older savepoint that names the
 * part finds it there. What stays goes once it is older than {@link #KEPT} and the running
 * publisher does not name it: such files are left by attempts that failed after their last
 * checkpoint, and no state knows them. The one state that might is a plain savepoint after which
 * its job completed no checkpoint; it can be started from for a week.
 */
public final class Staging {
  public static final Duration KEPT = Duration.ofDays(7);

  private final WritableStorage storage;

  public Staging(WritableStorage storage) {
    this.storage = storage;
  }

  /** Deletes what is old and not among {@code waiting}. */
  public void deleteOld(Collection<String> waiting, Instant now) throws IOException {
    Set<String> needed = new HashSet<>(waiting);
    Instant limit = now.minus(KEPT);
    for (String name : storage.list(PartFile.STAGING)) {
      String path = PartFile.STAGING + "/" + name;
      if (!needed.contains(path) && storage.modified(path).isBefore(limit)) {
        storage.delete(path);
      }
    }
  }
}
