package io.freshet.cli.doctor;

import static java.util.Objects.requireNonNull;

/**
 * One finding.
 *
 * @param about the subject, in a word or two
 * @param remedy what to do about it; empty when all is well
 */
record Finding(Level level, String about, String text, String remedy) {

  enum Level {
    OK,
    /** The learner runs, perhaps not as intended. */
    WARNING,
    /** The learner does not run. */
    PROBLEM
  }

  Finding {
    requireNonNull(level, "level");
    requireNonNull(about, "about");
    requireNonNull(text, "text");
    if ((level == Level.OK) != remedy.isEmpty()) {
      throw new IllegalArgumentException(level + " with the remedy \"" + remedy + "\"");
    }
  }

  static Finding ok(String about, String text) {
    return new Finding(Level.OK, about, text, "");
  }

  static Finding warning(String about, String text, String remedy) {
    return new Finding(Level.WARNING, about, text, remedy);
  }

  static Finding problem(String about, String text, String remedy) {
    return new Finding(Level.PROBLEM, about, text, remedy);
  }
}
