package io.freshet.event.parse;

import java.util.regex.Pattern;

/** Numbers that are written as text. */
public final class NumberText {
  private static final int MAX_CHARACTERS = 64;
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");

  private NumberText() {}

  /** The number that a text is, without spaces around it; NaN if it is none. */
  public static double parse(String text) {
    return text.length() <= MAX_CHARACTERS && NUMBER.matcher(text).matches()
        ? Double.parseDouble(text)
        : Double.NaN;
  }
}
