package io.freshet.event.parse;

/** Writes integers as decimal digits into its own buffer, from the end backward. */
public final class DecimalDigits {
  private static final int MOST = 20; // of Long.MIN_VALUE, with its sign

  private final char[] chars = new char[MOST];
  private int offset;

  /** The digits, from {@link #offset} to the end. */
  public char[] of(long value) {
    offset = MOST;
    long rest = value;
    do {
      chars[--offset] = (char) ('0' + Math.abs(rest % 10));
      rest /= 10;
    } while (rest != 0);
    if (value < 0) {
      chars[--offset] = '-';
    }
    return chars;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return MOST - offset;
  }
}
