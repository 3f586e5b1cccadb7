package io.freshet.serve.http;

import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.model.VersionRows;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Rows in memory, before each read of which something happens. */
final class HookedRows implements RowStore {
  private static final PublishedGauge UNMIXED = // an expert without a number is mixed as 0.5
      new PublishedGauge(SampleModel.GAUGE.numbers(), -1.5, List.of(new Expert(0, 1, 1, 0)));

  private final MemoryStore store = new MemoryStore();
  volatile Runnable hook = () -> {};

  /** A number that all weights of rows are from now on, if it is one to be given. */
  volatile Optional<Float> weight = Optional.empty();

  @Override
  public Optional<ServedModel> resume() {
    return store.resume();
  }

  @Override
  public Optional<Version> held() {
    return store.held();
  }

  @Override
  public ServedModel load(List<Manifest> chain, SnapshotReader reader) throws IOException {
    ServedModel model = store.load(chain, reader);
    return new ServedModel(
        model.manifest(), new Rows(model.rows()), model.histories(), model.dense(), UNMIXED);
  }

  @Override
  public void tidy() {
    store.tidy();
  }

  @Override
  public void close() {
    store.close();
  }

  private final class Rows implements VersionRows {
    private final VersionRows rows;

    Rows(VersionRows rows) {
      this.rows = rows;
    }

    @Override
    public boolean read(long fid, float[] target, int at) {
      hook.run();
      boolean known = rows.read(fid, target, at);
      weight.ifPresent(number -> target[at] = number);
      return known || weight.isPresent();
    }

    @Override
    public long size() {
      return rows.size();
    }

    @Override
    public boolean hold() {
      return rows.hold();
    }

    @Override
    public void release() {
      rows.release();
    }
  }
}
