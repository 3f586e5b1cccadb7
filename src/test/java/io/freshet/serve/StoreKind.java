package io.freshet.serve;

import java.io.IOException;
import java.nio.file.Path;

/** The kinds of stores, which tests go through. */
enum StoreKind {
  MEMORY {
    @Override
    RowStore open(Path folder) {
      return new MemoryStore();
    }
  },
  ROCKSDB {
    @Override
    RowStore open(Path folder) throws IOException {
      return new RocksStore(folder, 8 << 20);
    }
  };

  /** Opens a store, in a folder where it needs one. */
  abstract RowStore open(Path folder) throws IOException;
}
