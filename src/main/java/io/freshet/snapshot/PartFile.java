package io.freshet.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;

/** Turns a buffer of rows into a staged file: {@code .staging/<random>.safetensors}. */
final class PartFile {
  static final String STAGING = ".staging";

  private PartFile() {}

  static String newPath() {
    return STAGING + "/" + UUID.randomUUID() + ".safetensors";
  }

  /** Writes the rows; the file is complete and durable when this returns. */
  static Announcement.Part write(RowBuffer rows, String path, WritableStorage storage)
      throws IOException {
    DigestOutput digest;
    try (OutputStream out = storage.create(path)) {
      digest = new DigestOutput(out);
      rows.writeTo(digest);
    }
    return new Announcement.Part(
        path, digest.size(), digest.hex(), rows.live(), rows.totalUpdates(), rows.nonFinite());
  }
}
