package io.freshet.config.option;

import java.util.Comparator;

/**
 * Where something was written: a line and a column of a file, both from 1, or a command line option
 * (line 0).
 */
record Place(String source, int line, int column) {
  /** The order in which a reader meets them: the file from its top, then the options. */
  static final Comparator<Place> READING_ORDER =
      Comparator.comparing(Place::isOption)
          .thenComparingInt(Place::line)
          .thenComparingInt(Place::column);

  private static final int MAX_KEY = 250;

  static Place file(String source) {
    return new Place(source, 1, 1);
  }

  static Place option(String key) {
    String shown = key.length() <= MAX_KEY ? key : key.substring(0, MAX_KEY) + "…";
    return new Place("--set " + shown, 0, 0);
  }

  boolean isOption() {
    return line == 0;
  }

  @Override
  public String toString() {
    return isOption() ? source : source + ':' + line + ':' + column;
  }
}
