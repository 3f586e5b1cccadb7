package io.freshet.serve.models;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.predict.FollowedModel;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.serve.rows.RocksStore;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.storage.StorageFactory;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.InstantSource;

/**
 * Opens the models that are described.
 *
 * @param storage of their roots
 */
public record ModelOpener(StorageFactory storage) {

  /** A model whose follower is to be started, and to be closed. */
  FollowedModel open(ModelSpec spec) throws IOException {
    SnapshotStore snapshots = new SnapshotStore(storage.open(spec.root()));
    SnapshotFollower follower = new SnapshotFollower(snapshots, rows(spec), InstantSource.system());
    follower.pin(spec.version());
    return new FollowedModel(follower, spec.name());
  }

  private static RowStore rows(ModelSpec spec) throws IOException {
    return spec.disk().isEmpty()
        ? new MemoryStore()
        : new RocksStore(spec.disk().get().folder(), spec.disk().get().memory());
  }
}
