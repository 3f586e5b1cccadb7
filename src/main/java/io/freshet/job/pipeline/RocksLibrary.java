package io.freshet.job.pipeline;

import io.freshet.train.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;
import org.rocksdb.NativeLibraryLoader;

/**
 * The native library of RocksDB in this process, loaded before the job starts: a task that cannot
 * load it fails, is restarted, and fails again, indefinitely.
 */
final class RocksLibrary {
  private RocksLibrary() {}

  /**
   * Loads the library and leaves no file of it behind, as a process that is killed later would.
   *
   * @throws RefusedException where it does not load
   */
  static void load() {
    load(folder -> NativeLibraryLoader.getInstance().loadLibrary(folder.toString()));
  }

  interface Loader {
    void loadFrom(Path folder) throws IOException;
  }

  static void load(Loader loader) {
    try {
      Path folder = Files.createTempDirectory("freshet-rocksdb");
      try {
        loader.loadFrom(folder);
      } finally {
        FileUtils.deleteDirectory(folder.toFile());
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      throw new RefusedException(
          "checkpoint.backend: rocksdb: its library does not load from %s: %s; expected java.io.tmpdir to be a folder that programs may run from, or the backend hashmap"
              .formatted(System.getProperty("java.io.tmpdir"), e));
    }
  }
}
