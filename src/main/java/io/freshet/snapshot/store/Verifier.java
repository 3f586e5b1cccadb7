package io.freshet.snapshot.store;

import io.freshet.feature.history.ActionHistory;
import io.freshet.snapshot.format.DataFile;
import io.freshet.snapshot.format.DataFile.EmbeddingFile;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.DataFile.TensorShape;
import io.freshet.snapshot.format.DensePart;
import io.freshet.snapshot.format.EmbeddingRows;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.SafetensorsFile;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.HistoryRows;
import io.freshet.snapshot.history.HistorySink;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks all that a version promises, and goes on after each problem. */
final class Verifier {
  private final SnapshotStore store;
  private final Set<Version> versions = new LinkedHashSet<>();
  private final List<String> problems = new ArrayList<>();
  private int files;

  Verifier(SnapshotStore store) {
    this.store = store;
  }

  Verification verify(Version version) {
    Optional<Manifest> child = Optional.empty();
    for (Optional<Version> next = Optional.of(version); next.isPresent(); ) {
      if (!versions.add(next.get())) {
        problems.add("version " + next.get() + " is its own ancestor");
        break;
      }
      Optional<Manifest> manifest = readManifest(next.get());
      manifest.ifPresent(this::checkFiles);
      checkShape(child, manifest);
      Optional<Manifest> full = readMerged(next.get());
      full.ifPresent(this::checkFiles);
      next = full.isPresent() ? Optional.empty() : manifest.flatMap(Manifest::parent);
      child = manifest;
    }
    return new Verification(version, List.copyOf(versions), files, problems);
  }

  private Optional<Manifest> readManifest(Version version) {
    try {
      return Optional.of(store.manifest(version));
    } catch (IOException e) {
      problems.add(e.getMessage());
      return Optional.empty();
    }
  }

  /** The version as a full; then it needs nothing older. */
  private Optional<Manifest> readMerged(Version version) {
    try {
      return store.merged(version);
    } catch (IOException e) {
      problems.add(e.getMessage());
      return Optional.empty();
    }
  }

  private void checkShape(Optional<Manifest> child, Optional<Manifest> parent) {
    if (child.isPresent()
        && parent.isPresent()
        && !child.get().model().equals(parent.get().model())) {
      problems.add(
          "version %s has the shape %s, and its parent %s %s"
              .formatted(
                  child.get().version(),
                  child.get().model(),
                  parent.get().version(),
                  parent.get().model()));
    }
  }

  private void checkFiles(Manifest manifest) {
    Version version = manifest.version();
    DataFile.DenseFile dense = manifest.dense();
    checkFile(version, dense.name(), dense.size(), dense.sha256(), p -> checkDense(manifest, p));
    for (EmbeddingFile file : manifest.embeddings()) {
      checkFile(
          version, file.name(), file.size(), file.sha256(), p -> checkRows(manifest, file, p));
    }
    for (HistoryFile file : manifest.histories()) {
      checkFile(version, file.name(), file.size(), file.sha256(), p -> checkHistories(file, p));
    }
  }

  private interface Check {
    void run(String path) throws IOException;
  }

  private void checkFile(Version version, String name, long size, String sha256, Check contents) {
    files++;
    String where = version + "/" + name;
    try {
      String path = SnapshotStore.path(version, name);
      if (store.storage().size(path) != size) {
        problem(where, "has %d bytes, the manifest says %d", store.storage().size(path), size);
        return;
      }
      String digest = Digests.sha256(store.storage(), path);
      if (!digest.equals(sha256)) {
        problem(where, "has the sha256 %s, the manifest says %s", digest, sha256);
      }
      contents.run(path);
    } catch (IOException e) {
      problem(where, "cannot be read: %s", reason(e, where));
    }
  }

  /** What an error says, without the file, which is named before it. */
  private String reason(IOException e, String path) {
    return e instanceof NoSuchFileException || e instanceof FileNotFoundException
        ? "there is no such file"
        : String.valueOf(e.getMessage()).replace(path + " in " + store.storage() + ": ", "");
  }

  private void checkDense(Manifest manifest, String path) throws IOException {
    SafetensorsFile file = SafetensorsFile.read(store.storage(), path);
    List<TensorShape> found =
        file.tensors().stream().map(t -> new TensorShape(t.name(), t.shape())).toList();
    if (!found.equals(manifest.dense().tensors())) {
      problem(path, "holds %s, the manifest says %s", found, manifest.dense().tensors());
      return;
    }
    DensePart.of(file, found, manifest.schema())
        .tensors()
        .forEach((name, values) -> checkFinite(path, name, values));
  }

  private void checkRows(Manifest manifest, EmbeddingFile file, String path) throws IOException {
    Set<Long> nonFinite = Set.copyOf(manifest.nonFinite()); // no news
    EmbeddingRows rows = EmbeddingRows.read(store.storage(), path);
    int width = manifest.rowWidth();
    if (rows.width() != width) {
      problem(path, "has rows of %d floats, the model's have %d", rows.width(), width);
    }
    if (rows.size() != file.rows()) {
      problem(path, "has %d rows, the manifest says %d", rows.size(), file.rows());
    }
    checkAscending(path, "fids", rows.fids());
    checkAscending(path, "removed", rows.removed());
    checkDisjoint(path, rows.fids(), rows.removed());
    checkUpdates(path, rows.updates(), file.updates());
    for (int i = 0; i < rows.rows().length; i++) {
      float value = rows.rows()[i];
      if (!Float.isFinite(value) && !nonFinite.contains(rows.fids()[i / rows.width()])) {
        problem(path, "rows holds %s at element %d", value, i);
        return;
      }
    }
  }

  private void checkHistories(HistoryFile file, String path) throws IOException {
    HistoryRows histories = HistoryRows.read(store.storage(), path);
    if (histories.size() != file.histories() || histories.times().length != file.actions()) {
      problem(
          path,
          "has %d histories of %d actions, the manifest says %d of %d",
          histories.size(),
          histories.times().length,
          file.histories(),
          file.actions());
    }
    checkAscending(path, "ids", histories.ids());
    checkAscending(path, "removed", histories.removed());
    checkDisjoint(path, histories.ids(), histories.removed());
    histories.to(new TimeCheck(path));
  }

  /** Reports the first history whose actions are not in the order of time. */
  private final class TimeCheck implements HistorySink {
    private final String path;
    private boolean isWrong;

    TimeCheck(String path) {
      this.path = path;
    }

    @Override
    public void putHistory(long id, ActionHistory actions) {
      for (int i = 1; !isWrong && i < actions.size(); i++) {
        if (actions.times()[i] < actions.times()[i - 1]) {
          problem(path, "has the actions of %d in another order than that of time", id);
          isWrong = true;
        }
      }
    }

    @Override
    public void removeHistory(long id) {}
  }

  private void checkAscending(String path, String tensor, long[] ids) {
    for (int i = 1; i < ids.length; i++) {
      if (ids[i] <= ids[i - 1]) {
        problem(path, "%s[%d] is %d, not above %d before it", tensor, i, ids[i], ids[i - 1]);
        return;
      }
    }
  }

  private void checkDisjoint(String path, long[] held, long[] removed) {
    for (long id : removed) {
      if (Arrays.binarySearch(held, id) >= 0) {
        problem(path, "both holds and removes the row of %d", id);
        return;
      }
    }
  }

  private void checkUpdates(String path, long[] updates, long expected) {
    long sum = 0;
    for (int i = 0; i < updates.length; i++) {
      if (updates[i] < 0) {
        problem(path, "updates[%d] is %d", i, updates[i]);
        return;
      }
      sum += updates[i];
    }
    if (sum != expected) {
      problem(path, "has %d updates, the manifest says %d", sum, expected);
    }
  }

  private void checkFinite(String path, String tensor, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        problem(path, "%s holds %s at element %d", tensor, values[i], i);
        return;
      }
    }
  }

  private void problem(String where, String text, Object... values) {
    problems.add(where + " " + text.formatted(values));
  }
}
