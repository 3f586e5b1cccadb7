package io.freshet.serve.follow;

import static java.util.Objects.requireNonNull;

import io.freshet.serve.model.ServedModel;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.serve.rows.NoRoomException;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the current version of a snapshot root in a {@link RowStore}.
 *
 * <p>Looks at the pointer now and then. A version that builds on the one held is reached by its
 * deltas; any other, after a new lineage or a pointer that went back, is loaded from its full. The
 * new model is built next to the old one and takes its place in one step when every file has been
 * read and found right; whatever goes wrong before, the old one is served on, {@link #state} says
 * why, and the next look tries again.
 *
 * <p>A store that outlives the process is served from before anything is loaded, unless the pointer
 * has gone back from the version that it holds. While the pointer cannot be read, that is unknown.
 */
public final class SnapshotFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFollower.class);

  private final SnapshotStore snapshots;
  private final SnapshotReader reader;
  private final RowStore rows;
  private final InstantSource clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread named = new Thread(task, "snapshot-follower");
            named.setDaemon(true);
            return named;
          });

  private final LoadRetry retry = new LoadRetry();
  private final CompletableFuture<ServedModel> first = new CompletableFuture<>();
  private volatile ServedModel model; // null before the first
  private volatile FollowerState state;
  private volatile FollowerCounts counts = FollowerCounts.NONE;
  private volatile boolean closed;
  private volatile boolean hasReadPointer;
  private volatile boolean hasNoRoom;
  private volatile Optional<Version> pinned = Optional.empty();
  private boolean resumed;

  /** A follower that looks when {@link #look} is called, and keeps the rows in memory. */
  public SnapshotFollower(SnapshotStore snapshots, InstantSource clock) {
    this(snapshots, new MemoryStore(), clock);
  }

  /**
   * A follower that looks when {@link #look} is called, and keeps the rows in a store, which it
   * closes.
   */
  public SnapshotFollower(SnapshotStore snapshots, RowStore rows, InstantSource clock) {
    this.snapshots = requireNonNull(snapshots, "snapshots");
    this.rows = requireNonNull(rows, "rows");
    this.clock = requireNonNull(clock, "clock");
    reader = new SnapshotReader(snapshots);
    state =
        new FollowerState(
            FollowerState.Kind.WAITING, Optional.empty(), Optional.empty(), clock.instant());
  }

  /** Looks now, and then again and again, on a thread of its own, until it is closed. */
  public void start(Duration pause) {
    thread.scheduleWithFixedDelay(this::look, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** From the next look on, serves this version whatever the pointer says; or the current one. */
  public void pin(Optional<Version> version) {
    pinned = version;
  }

  /** Done when there is a model to serve. */
  public CompletionStage<ServedModel> first() {
    return first.minimalCompletionStage();
  }

  /** The model to serve; nothing before the first. */
  public Optional<ServedModel> model() {
    return Optional.ofNullable(model);
  }

  /** The model to serve, held: the caller releases it. */
  public Optional<ServedModel> hold() {
    ServedModel current = model;
    while (current != null && !current.hold()) {
      current = model; // was replaced in between
    }
    return Optional.ofNullable(current);
  }

  /** Whether the pointer has named a version since the start. */
  public boolean hasReadPointer() {
    return hasReadPointer;
  }

  /** Whether the current version is not served as memory or disk is short. */
  public boolean hasNoRoom() {
    return hasNoRoom;
  }

  /** Memory of the rows outside the heap, by what it is for. */
  public Map<String, Long> nativeBytes() {
    return rows.nativeBytes();
  }

  public FollowerState state() {
    return state;
  }

  public FollowerCounts counts() {
    return counts;
  }

  /** Looks at the pointer, and makes its version the one that is served. */
  public synchronized void look() {
    if (closed) {
      return;
    }
    try {
      Optional<Version> latest = latest();
      if (latest.isPresent()) {
        follow(latest.get());
      } else if (model != null) {
        throw new IOException("the pointer to the current version is gone");
      } else {
        become(FollowerState.Kind.WAITING, Optional.empty());
      }
    } catch (IOException | RuntimeException e) {
      fail(describe(e), e);
    } catch (OutOfMemoryError e) { // the new model is garbage again, the old one lives
      fail("not enough memory for the current version", e);
    } catch (Error e) { // rethrown, it would end the looks silently
      fail(e.toString(), e);
    }
  }

  /**
   * What the pointer names, or is pinned. Once that is known, or cannot be, the store is resumed.
   */
  private Optional<Version> latest() throws IOException {
    Optional<Version> latest = Optional.empty();
    try {
      Optional<Version> wanted = pinned;
      latest = wanted.isPresent() ? wanted : snapshots.latest();
      hasReadPointer |= latest.isPresent();
    } finally {
      if (!resumed) {
        resumed = true;
        resume(latest);
      }
    }
    return latest;
  }

  /**
   * Serves what the store holds while the current version is loaded, but no version that the
   * pointer has gone back from.
   */
  private void resume(Optional<Version> latest) throws IOException {
    ServedModel held = rows.resume().orElse(null);
    if (held == null) {
      return;
    }
    boolean isServed = false;
    try {
      if (latest.isPresent() && isLeft(held.version(), latest.get())) {
        LOG.info("version {} was rolled back and is not served again", held.version());
      } else {
        serve(held);
        isServed = true;
      }
    } finally {
      if (!isServed) {
        held.release();
      }
    }
  }

  private boolean isLeft(Version held, Version latest) throws IOException {
    boolean isLater =
        held.lineage().equals(latest.lineage()) && held.checkpoint() > latest.checkpoint();
    return isLater || snapshots.left().contains(held);
  }

  private void follow(Version latest) throws IOException {
    if (retry.isTooEarly(latest, clock.instant())) {
      return;
    }
    boolean done = false;
    try {
      Optional<Version> held = rows.held();
      if (model == null || held.isEmpty() || !model.version().equals(latest)) {
        long start = System.nanoTime();
        serve(rows.load(reader.chain(latest, held), reader));
        counts = counts.plusLoad(Duration.ofNanos(System.nanoTime() - start));
      }
      rows.tidy();
      done = true;
    } finally {
      if (!done) {
        retry.failed(latest, clock.instant());
      }
    }
    retry.worked();
    hasNoRoom = false;
    become(FollowerState.Kind.CURRENT, Optional.empty());
  }

  private void serve(ServedModel fresh) {
    ServedModel old = model;
    model = fresh;
    if (old != null) {
      old.release();
    }
    LOG.info("serving version {}, {} rows", fresh.version(), fresh.size());
    first.complete(fresh);
  }

  private static String describe(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "there is no file " + e.getMessage();
    }
    String what =
        e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
    return what.lines().findFirst().orElse(what); // the JSON reader goes on to where it reads from
  }

  private void fail(String problem, Throwable cause) {
    counts = counts.plusFailure();
    hasNoRoom = cause instanceof NoRoomException || cause instanceof OutOfMemoryError;
    if (become(FollowerState.Kind.FAILING, Optional.of(problem)) && !closed) {
      LOG.warn(
          "still serving {}", model().map(m -> m.version().toString()).orElse("nothing"), cause);
    }
  }

  /** Whether that is another state than before. */
  private boolean become(FollowerState.Kind kind, Optional<String> problem) {
    FollowerState before = state;
    Optional<Version> served = model().map(ServedModel::version);
    boolean same = before.kind() == kind && before.problem().equals(problem);
    state = new FollowerState(kind, served, problem, same ? before.since() : clock.instant());
    return !same;
  }

  /** Ends a load that is under way, and lets the model go. */
  @Override
  public void close() {
    closed = true;
    thread.shutdownNow();
    synchronized (this) {
      ServedModel last = model;
      model = null;
      if (last != null) {
        last.release();
      }
      closeRows();
    }
  }

  private void closeRows() {
    try {
      rows.close();
    } catch (IOException e) { // it has been read and written as it should; nothing is lost
      LOG.warn("the store of the rows did not close in order", e);
    }
  }
}
