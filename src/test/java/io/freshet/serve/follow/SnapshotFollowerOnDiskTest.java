package io.freshet.serve.follow;

import io.freshet.serve.rows.RocksStore;
import io.freshet.serve.rows.RowStore;
import java.io.IOException;
import java.nio.file.Path;

/** A follower with its rows in RocksDB does all that one with its rows in memory does. */
class SnapshotFollowerOnDiskTest extends SnapshotFollowerTest {
  @Override
  RowStore store(Path folder) throws IOException {
    return new RocksStore(folder, 8 << 20);
  }
}
