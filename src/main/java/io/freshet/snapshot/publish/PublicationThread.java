package io.freshet.snapshot.publish;

import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LostException;
import io.freshet.snapshot.storage.Retry;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publisher's I/O: joins the store, then publishes what is due, one version after the other,
 * each until it works. Where what it needs is lost for good, publication starts over. Ends when it
 * is interrupted.
 */
final class PublicationThread extends Thread {
  private static final Logger LOG = LoggerFactory.getLogger(PublicationThread.class);

  private final PublicationQueue queue;
  private final SnapshotStore store;
  private final Publication publication;
  private final ConcurrentWriterCheck other;
  private final Retry retry;
  private final Runnable lost;
  private final Consumer<Optional<Version>> joined;
  private final Consumer<Manifest> published;

  /**
   * @param retry what is tried until it works
   * @param lost called when publication starts over
   * @param joined called with the version that the next one follows, once the store has been joined
   * @param published called with each version that is out
   */
  PublicationThread(
      PublicationQueue queue,
      WritableStorage storage,
      Publication publication,
      Retry retry,
      Runnable lost,
      Consumer<Optional<Version>> joined,
      Consumer<Manifest> published) {
    super("snapshot-publication");
    setDaemon(true);
    this.queue = queue;
    this.store = new SnapshotStore(storage);
    this.publication = publication;
    this.other = new ConcurrentWriterCheck(store);
    this.retry = retry;
    this.lost = lost;
    this.joined = joined;
    this.published = published;
  }

  @Override
  public void run() {
    try {
      joinStore();
      while (true) {
        publishOrStartOver(queue.awaitDue());
      }
    } catch (InterruptedException e) {
      interrupt(); // the operator closes, and this thread ends
    }
  }

  /** For how long the step at hand has been failing; 0 where it does not. */
  long stuckSeconds() {
    return retry.failingSeconds();
  }

  private void joinStore() throws InterruptedException {
    String what = "joining the snapshots in " + store.storage();
    try {
      join(what);
    } catch (LostException e) {
      startOver(what, e);
    }
    joined.accept(queue.lastPublished());
  }

  private void join(String what) throws InterruptedException, LostException {
    Optional<Version> unfinished =
        retry.untilDoneOrLost(what, () -> queue.join(store.versions(), Version::drawLineage));
    if (unfinished.isPresent()) {
      Version version = unfinished.get();
      Manifest manifest =
          retry.untilDoneOrLost("reading version " + version, () -> store.manifest(version));
      retry.untilDone("pointing to version " + version, () -> finish(manifest));
      queue.finished();
    }
  }

  private void startOver(String what, LostException why) {
    String fresh = Version.drawLineage();
    LOG.error("{} is given up; lineage {} begins with a full version", what, fresh, why);
    lost.run();
    queue.startOver(fresh);
  }

  private Manifest finish(Manifest manifest) throws IOException {
    publication.finish(manifest);
    return manifest;
  }

  private Manifest pointTo(Manifest manifest) throws IOException {
    publication.pointTo(manifest);
    return manifest;
  }

  private void publishOrStartOver(PublicationQueue.Due due) throws InterruptedException {
    try {
      publish(due);
    } catch (LostException e) {
      startOver("publishing version " + due.version(), e);
    }
  }

  private void publish(PublicationQueue.Due due) throws InterruptedException, LostException {
    Version version = due.version();
    if (retry.untilDoneOrLost("looking for version " + version, () -> publication.isTaken(due))) {
      String fresh = Version.drawLineage();
      LOG.warn("another job has written version {}; going on in lineage {}", version, fresh);
      queue.branchOff(fresh);
      return;
    }
    retry.untilDone("looking at what is current in " + store.storage(), other::look);
    Manifest manifest =
        retry.untilDoneOrLost("publishing version " + version, () -> publication.write(due));
    retry.untilDone("pointing to version " + version, () -> pointTo(manifest));
    other.published(manifest);
    if (manifest.isWithheld()) {
      LOG.warn("withheld version {}: {}", version, String.join("; ", manifest.withheld()));
    }
    LOG.info(
        "published version {}: a {} of {} rows, {} bytes",
        version,
        manifest.kind(),
        manifest.rows(),
        manifest.bytes());
    published.accept(manifest);
    queue.published(version);
  }
}
