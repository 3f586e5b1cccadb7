package io.freshet.serve;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.EmbeddingRows;
import io.freshet.snapshot.Manifest;
import io.freshet.snapshot.Manifest.EmbeddingFile;
import io.freshet.snapshot.SnapshotReader;
import io.freshet.snapshot.SnapshotStore;
import io.freshet.snapshot.Version;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the current version of a snapshot root in memory.
 *
 * <p>Looks at the pointer now and then. A version that builds on the one held is reached by its
 * deltas; any other, after a new lineage or a pointer that went back, is loaded from its full. The
 * new model is made beside the old one and takes its place in one step when every file has been
 * read and found right; whatever goes wrong before, the old one is served on, {@link #state} says
 * why, and the next look tries again.
 *
 * <p>A delta costs memory in proportion to itself; a load from the full holds both models until the
 * old one's last request is done.
 */
public final class SnapshotFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFollower.class);

  private final SnapshotStore store;
  private final SnapshotReader reader;
  private final InstantSource clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread named = new Thread(task, "snapshot-follower");
            named.setDaemon(true);
            return named;
          });

  private volatile ServedModel model; // null before the first
  private volatile FollowerState state;

  /** A follower that looks when told to. */
  public SnapshotFollower(SnapshotStore store, InstantSource clock) {
    this.store = requireNonNull(store, "store");
    this.clock = requireNonNull(clock, "clock");
    reader = new SnapshotReader(store);
    state =
        new FollowerState(
            FollowerState.Kind.WAITING, Optional.empty(), Optional.empty(), clock.instant());
  }

  /** Looks now, and then again and again, on a thread of its own, until it is closed. */
  public void start(Duration pause) {
    thread.scheduleWithFixedDelay(this::look, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The model to serve; nothing before the first. */
  public Optional<ServedModel> model() {
    return Optional.ofNullable(model);
  }

  public FollowerState state() {
    return state;
  }

  /** Looks at the pointer, and makes its version the one that is served. */
  synchronized void look() {
    try {
      Optional<Version> latest = store.latest();
      if (latest.isPresent()) {
        follow(latest.get());
      } else if (model != null) {
        throw new IOException("the pointer to the current version is gone");
      } else {
        become(FollowerState.Kind.WAITING, Optional.empty());
      }
    } catch (IOException | RuntimeException e) {
      become(FollowerState.Kind.FAILING, Optional.of(describe(e)));
    } catch (OutOfMemoryError e) { // the new model is garbage again, the old one lives
      become(FollowerState.Kind.FAILING, Optional.of("not enough memory for the current version"));
    }
  }

  private void follow(Version latest) throws IOException {
    ServedModel held = model;
    if (held == null || !held.version().equals(latest)) {
      ServedModel fresh = load(latest, held);
      model = fresh;
      LOG.info("serving version {}, {} rows", latest, fresh.size());
    }
    become(FollowerState.Kind.CURRENT, Optional.empty());
  }

  private ServedModel load(Version version, ServedModel held) throws IOException {
    List<Manifest> chain =
        reader.chain(version, Optional.ofNullable(held).map(ServedModel::version));
    Manifest newest = chain.get(chain.size() - 1);
    RowTable.Edit edit = start(chain.get(0), held).edit();
    for (Manifest manifest : chain) {
      for (EmbeddingFile file : manifest.embeddings()) {
        apply(reader.rows(manifest, file), manifest, edit);
      }
    }
    return new ServedModel(newest, edit.build(), reader.dense(newest));
  }

  private static RowTable start(Manifest first, ServedModel held) throws IOException {
    if (first.kind() == Manifest.Kind.FULL) {
      return RowTable.empty(1 + first.model().embeddingSize(), first.rows());
    }
    if (!first.model().equals(held.manifest().model())) {
      throw new IOException(
          "version %s has the shape %s, and its parent %s"
              .formatted(first.version(), first.model(), held.manifest().model()));
    }
    return held.rows();
  }

  private static void apply(EmbeddingRows file, Manifest manifest, RowTable.Edit edit)
      throws IOException {
    for (float value : file.rows()) {
      if (!Float.isFinite(value)) {
        throw new IOException("version %s holds %s in a row".formatted(manifest.version(), value));
      }
    }
    for (int i = 0; i < file.size(); i++) {
      edit.put(file.fids()[i], file.rows(), i * file.width());
    }
    for (long fid : file.removed()) {
      edit.remove(fid);
    }
  }

  private static String describe(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "there is no file " + e.getMessage();
    }
    return e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
  }

  private void become(FollowerState.Kind kind, Optional<String> problem) {
    FollowerState before = state;
    Optional<Version> served = model().map(ServedModel::version);
    boolean same = before.kind() == kind && before.problem().equals(problem);
    state = new FollowerState(kind, served, problem, same ? before.since() : clock.instant());
    if (!same && problem.isPresent()) {
      LOG.warn(
          "still serving {}: {}", served.map(Version::toString).orElse("nothing"), problem.get());
    }
  }

  @Override
  public void close() {
    thread.shutdown(); // a load under way ends by itself, unseen
  }
}
