package io.freshet.snapshot.storage;

import java.io.IOException;

/** Something that was stored is gone or damaged, and no repetition brings it back. */
public final class LostException extends IOException {
  private static final long serialVersionUID = 1L;

  public LostException(String message) {
    super(message);
  }

  public LostException(String message, Throwable cause) {
    super(message, cause);
  }
}
