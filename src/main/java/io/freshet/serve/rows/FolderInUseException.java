package io.freshet.serve.rows;

import java.io.IOException;
import java.nio.file.Path;

/** A store's folder belongs to another process, or to another store of this one. */
public final class FolderInUseException extends IOException {

  FolderInUseException(Path folder) {
    super("the store folder " + folder + " is in use by another server");
  }
}
