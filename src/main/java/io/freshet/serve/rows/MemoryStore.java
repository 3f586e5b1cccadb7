package io.freshet.serve.rows;

import io.freshet.serve.model.HistoryTable;
import io.freshet.serve.model.RowTable;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.DensePart;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.HistoryChain;
import io.freshet.snapshot.store.SnapshotReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the rows and histories on the heap, in tables: the fastest, and empty after a restart.
 *
 * <p>A delta costs memory in proportion to itself; a load from a full holds both models until the
 * old one's last request is done.
 */
public final class MemoryStore implements RowStore {
  private ServedModel model; // null before the first

  @Override
  public Optional<ServedModel> resume() {
    return Optional.empty();
  }

  @Override
  public Optional<Version> held() {
    return Optional.ofNullable(model).map(ServedModel::version);
  }

  @Override
  public ServedModel load(List<Manifest> chain, SnapshotReader reader) throws IOException {
    Manifest newest = chain.get(chain.size() - 1);
    DensePart dense = VersionFiles.dense(newest, reader);
    RowTable.Edit edit = start(chain.get(0), reader).edit();
    HistoryTable.Edit histories = startHistories(chain.get(0)).edit();
    Manifest before = model == null ? newest : model.manifest();
    for (Manifest manifest : chain) {
      if (!HistoryChain.goesOn(before, manifest)) {
        histories = HistoryTable.empty(histories(manifest)).edit();
      }
      VersionFiles.apply(manifest, reader, edit, histories);
      before = manifest;
    }
    model = new ServedModel(newest, edit.build(), histories.build(), dense.vector(), dense.gauge());
    return model;
  }

  private RowTable start(Manifest first, SnapshotReader reader) throws IOException {
    if (first.kind() == Manifest.Kind.FULL) {
      long rows = reader.capacity(first);
      long bytes =
          RowTable.bytes(first.rowWidth(), rows)
              + HistoryTable.bytes(histories(first), actions(first));
      HeapRoom.check(first.version(), bytes);
      return RowTable.empty(first.rowWidth(), rows);
    }
    VersionFiles.checkShape(first, model.manifest());
    return (RowTable) model.rows();
  }

  private HistoryTable startHistories(Manifest first) {
    return first.kind() == Manifest.Kind.FULL
        ? HistoryTable.empty(histories(first))
        : (HistoryTable) model.histories();
  }

  private static long histories(Manifest manifest) {
    return manifest.histories().stream().mapToLong(HistoryFile::histories).sum();
  }

  private static long actions(Manifest manifest) {
    return manifest.histories().stream().mapToLong(HistoryFile::actions).sum();
  }

  @Override
  public void tidy() {} // the collector does

  @Override
  public void close() {}
}
