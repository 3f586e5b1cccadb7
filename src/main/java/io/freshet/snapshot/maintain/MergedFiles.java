package io.freshet.snapshot.maintain;

import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.Locale;

/** The names of the files that a merge writes, one after the other. */
final class MergedFiles {
  private final WritableStorage storage;
  private final Version version;
  private final String prefix;
  private int begun;

  /**
   * @param prefix what the names begin with
   */
  MergedFiles(WritableStorage storage, Version version, String prefix) {
    this.storage = storage;
    this.version = version;
    this.prefix = prefix;
  }

  /** The name of the next file, which may be there from here on. */
  String next() {
    return name(begun++);
  }

  String path(String name) throws IOException {
    return SnapshotStore.path(version, name);
  }

  WritableStorage storage() {
    return storage;
  }

  /** Deletes what was written, as nothing will name it. */
  void discard() throws IOException {
    for (int number = 0; number < begun; number++) {
      storage.delete(path(name(number)));
    }
  }

  private String name(int number) {
    return String.format(Locale.ROOT, "%s-%05d.safetensors", prefix, number);
  }
}
