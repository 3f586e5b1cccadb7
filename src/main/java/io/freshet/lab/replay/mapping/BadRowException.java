package io.freshet.lab.replay.mapping;

/** A row cannot be used; the message names the column and what would be right. */
public final class BadRowException extends Exception {
  private static final long serialVersionUID = 1L;

  BadRowException(String message) {
    super(message);
  }

  /** A cell is not what its column should hold. */
  static BadRowException cell(String column, String text, String right) {
    return new BadRowException("column %s: '%s' is not %s".formatted(column, text, right));
  }
}
