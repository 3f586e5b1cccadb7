package io.freshet.snapshot.write;

import io.freshet.snapshot.format.RowBuffer;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.util.UUID;

/** Turns a buffer of rows into a staged file: {@code .staging/<random>.safetensors}. */
public final class PartFile {
  public static final String STAGING = ".staging";

  private PartFile() {}

  public static String newPath() {
    return STAGING + "/" + UUID.randomUUID() + ".safetensors";
  }

  /** Writes the rows; the file is complete and durable when this returns. */
  public static PublisherInput.Part write(RowBuffer rows, String path, WritableStorage storage)
      throws IOException {
    Written written = rows.write(storage, path);
    return new PublisherInput.Part(
        path, written.size(), written.sha256(), rows.live(), rows.totalUpdates(), rows.nonFinite());
  }
}
