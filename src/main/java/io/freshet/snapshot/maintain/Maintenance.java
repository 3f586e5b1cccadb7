package io.freshet.snapshot.maintain;

import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the chain when it has grown long, and deletes versions and files that may go; after
 * publications, and from time to time where none come, on a thread of low priority that nothing
 * waits for. What fails is logged and counted, and tried again the next time. Ends when it is
 * interrupted.
 */
public final class Maintenance extends Thread {
  private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
  private static final int PAUSES_IN_GRACE = 10;

  private final Compaction compaction;
  private final CompactionPolicy policy;
  private final GarbageCollection garbageCollection;
  private final Duration pause; // between two deletions
  private final InstantSource clock;
  private final Sweep staged;
  private final Events events;
  private Manifest newest; // guarded by this; null when nothing is new
  private Instant nextDeletion = Instant.MIN;

  /** What is counted. */
  public interface Events {
    void merged(Manifest full);

    void deleted(int versions);

    void failed();
  }

  /** Deletes what is old. */
  public interface Sweep {
    void run(Instant now) throws IOException;
  }

  /**
   * @param scratch a local folder for what a merge copies
   * @param run names the job, the same through its failures
   * @param staged of the staged files
   */
  @SuppressWarnings("ThreadPriorityCheck") // a hint; some platforms ignore it
  public Maintenance(
      WritableStorage storage,
      Path scratch,
      SnapshotSettings settings,
      String run,
      InstantSource clock,
      Sweep staged,
      Events events) {
    super("snapshot-maintenance");
    setDaemon(true);
    setPriority(MIN_PRIORITY);
    this.compaction = new Compaction(storage, scratch, clock);
    this.policy =
        new CompactionPolicy(settings.merge(), new SnapshotReader(new SnapshotStore(storage)));
    this.garbageCollection =
        new GarbageCollection(storage, settings.retention(), "job " + run, clock);
    Duration share = settings.retention().grace().dividedBy(PAUSES_IN_GRACE);
    this.pause = share.compareTo(LONGEST_PAUSE) < 0 ? share : LONGEST_PAUSE;
    this.clock = clock;
    this.staged = staged;
    this.events = events;
  }

  /** Notes a version that was just published. */
  public synchronized void published(Manifest manifest) {
    newest = manifest;
    notifyAll();
  }

  @Override
  public void run() {
    try {
      while (true) {
        Optional<Manifest> manifest = awaitNewest();
        if (manifest.isPresent()) {
          Version version = manifest.get().version();
          attempt("merging version " + version, () -> mergeIfDue(manifest.get()));
        }
        if (!clock.instant().isBefore(nextDeletion)) {
          nextDeletion = clock.instant().plus(pause);
          attempt("deleting old versions", this::delete);
          attempt("deleting old staged files", () -> staged.run(clock.instant()));
        }
      }
    } catch (InterruptedException e) {
      interrupt(); // the operator closes, and this thread ends
    }
  }

  /** The newest version that was published meanwhile, or nothing after a pause without one. */
  private synchronized Optional<Manifest> awaitNewest() throws InterruptedException {
    long end = System.nanoTime() + pause.toNanos();
    while (newest == null && System.nanoTime() < end) {
      wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
    Manifest taken = newest;
    newest = null;
    return Optional.ofNullable(taken);
  }

  private void mergeIfDue(Manifest manifest) throws IOException {
    if (!policy.isDue(manifest)) {
      return;
    }
    Optional<Manifest> full = compaction.merge(manifest.version());
    if (full.isPresent()) {
      policy.merged(full.get());
      LOG.info("merged version {} into a full of {} rows", manifest.version(), full.get().rows());
      events.merged(full.get());
    }
  }

  private void delete() throws IOException {
    List<Manifest> deleted = garbageCollection.run();
    if (!deleted.isEmpty()) {
      LOG.info(
          "deleted {} versions, from {} to {}",
          deleted.size(),
          deleted.get(deleted.size() - 1).version(),
          deleted.get(0).version());
      events.deleted(deleted.size());
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private void attempt(String what, Work work) throws InterruptedException {
    try {
      work.run();
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      LOG.debug("{} was broken off", what, e);
      throw new InterruptedException(what + " was broken off");
    } catch (IOException | RuntimeException e) {
      events.failed();
      LOG.warn("{} failed and is tried again", what, e);
    }
  }
}
