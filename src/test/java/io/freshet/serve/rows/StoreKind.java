package io.freshet.serve.rows;

import java.io.IOException;
import java.nio.file.Path;

/** The kinds of stores, which tests go through. */
public enum StoreKind {
  MEMORY {
    @Override
    public RowStore open(Path folder) {
      return new MemoryStore();
    }
  },
  ROCKSDB {
    @Override
    public RowStore open(Path folder) throws IOException {
      return new RocksStore(folder, 8 << 20);
    }
  };

  /** Opens a store, in a folder where it needs one. */
  public abstract RowStore open(Path folder) throws IOException;
}
