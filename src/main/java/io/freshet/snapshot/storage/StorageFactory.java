package io.freshet.snapshot.storage;

import java.io.IOException;
import java.io.Serializable;

/** Opens the storage of a root where the operator runs. */
public interface StorageFactory extends Serializable {
  WritableStorage open(String root) throws IOException;
}
