package io.freshet.lab.replay.mapping;

/** A row cannot be used; the message names the column and what is expected. */
public final class BadRowException extends Exception {
  private static final long serialVersionUID = 1L;

  BadRowException(String message) {
    super(message);
  }

  static BadRowException cell(String column, String text, String expected) {
    return new BadRowException("column %s: '%s' is not %s".formatted(column, text, expected));
  }
}
