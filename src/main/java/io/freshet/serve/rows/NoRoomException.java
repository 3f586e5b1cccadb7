package io.freshet.serve.rows;

import java.io.IOException;

/** A version that does not fit into the memory or on the disk; the one before it is served on. */
public final class NoRoomException extends IOException {
  private static final long serialVersionUID = 1L;

  NoRoomException(String message) {
    super(message);
  }
}
