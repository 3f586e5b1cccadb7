package io.freshet.snapshot.announce;

import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Retry;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Announces publications, in the order of the chain, each until it has arrived. Ends when it is
 * interrupted.
 *
 * <p>What has been announced is noted in the version's own folder, after its arrival. So the store
 * says what is still to be announced, however long the sink was away and wherever the job died: a
 * restart repeats the last announcement at most. Publications wait for nothing of this.
 */
public final class AnnouncementThread extends Thread {
  /** Next to a version's manifest once it has been announced: what was sent. */
  static final String FILE = "announced.json";

  /** How many versions are announced late at most. */
  static final int LIMIT = 1000;

  private final WritableStorage storage;
  private final SnapshotStore store;
  private final String root;
  private final AnnouncementSink.Factory factory;
  private final Retry retry;
  private Optional<Version> tip = Optional.empty(); // guarded by this
  private boolean busy; // guarded by this

  public AnnouncementThread(
      WritableStorage storage, String root, AnnouncementSink.Factory factory, Runnable failed) {
    super("snapshot-announcements");
    setDaemon(true);
    this.storage = storage;
    this.store = new SnapshotStore(storage);
    this.root = root;
    this.factory = factory;
    this.retry = new Retry(failed);
  }

  /** Notes the newest version of the chain. */
  public synchronized void published(Version version) {
    tip = Optional.of(version);
    notifyAll();
  }

  /** Whether everything is announced. */
  public synchronized boolean isIdle() {
    return tip.isEmpty() && !busy;
  }

  @Override
  public void run() {
    try {
      announceAll();
    } catch (InterruptedException e) {
      interrupt(); // the operator closes, and this thread ends
    }
  }

  private void announceAll() throws InterruptedException {
    Version version = awaitTip();
    AnnouncementSink sink = retry.untilDone("opening the topic of snapshots", factory::open);
    try (sink) {
      while (true) {
        Version newest = version;
        for (Manifest manifest :
            retry.untilDone("looking for what to announce", () -> unannounced(newest))) {
          retry.untilDone(
              "announcing version " + manifest.version(), () -> announce(manifest, sink));
        }
        done();
        version = awaitTip();
      }
    }
  }

  private synchronized Version awaitTip() throws InterruptedException {
    while (tip.isEmpty()) {
      wait();
    }
    busy = true;
    Version taken = tip.get();
    tip = Optional.empty();
    return taken;
  }

  private synchronized void done() {
    busy = false;
  }

  /** The versions after the last that was announced, oldest first. */
  private Deque<Manifest> unannounced(Version newest) throws IOException {
    Deque<Manifest> unannounced = new ArrayDeque<>();
    Optional<Version> next = Optional.of(newest);
    while (next.isPresent()
        && unannounced.size() < LIMIT
        && store.contains(next.get())
        && !storage.exists(SnapshotStore.path(next.get(), FILE))) {
      Manifest manifest = store.manifest(next.get());
      unannounced.addFirst(manifest);
      next = manifest.parent();
    }
    return unannounced;
  }

  private Version announce(Manifest manifest, AnnouncementSink sink) throws Exception {
    Announcement announcement = Announcement.of(manifest, root, store.latest());
    byte[] json = announcement.toJson();
    sink.send(announcement.key(), json);
    if (store.contains(manifest.version())) { // it may have been deleted meanwhile
      storage.replace(SnapshotStore.path(manifest.version(), FILE), json);
    }
    return manifest.version();
  }
}
