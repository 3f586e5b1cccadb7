package io.freshet.snapshot.store;

import io.freshet.snapshot.format.DataFile;
import io.freshet.snapshot.format.DigestOutput;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Digests of files, read as a stream. */
public final class Digests {
  private Digests() {}

  /** The SHA-256 of a file, in hexadecimal. */
  public static String sha256(Storage storage, String path) throws IOException {
    return sha256(storage, path, OutputStream.nullOutputStream());
  }

  private static String sha256(Storage storage, String path, OutputStream to) throws IOException {
    DigestOutput digest = new DigestOutput(to);
    try (InputStream in = storage.open(path)) {
      in.transferTo(digest);
    }
    return digest.hex();
  }

  /**
   * Copies a file, and checks what it reads.
   *
   * @throws IOException where the file is not what the manifest says, to the last bit
   */
  public static void copy(Storage storage, Version version, DataFile file, OutputStream to)
      throws IOException {
    String path = SnapshotStore.path(version, file.name());
    String digest = sha256(storage, path, to);
    if (!digest.equals(file.sha256())) {
      throw new IOException(
          "%s in %s has the sha256 %s, the manifest says %s"
              .formatted(path, storage, digest, file.sha256()));
    }
  }
}
