package io.freshet.event;

import static java.util.Objects.requireNonNull;

import io.freshet.event.FeatureValues.Type;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Gathers {@link FeatureValues}, feature by feature: {@link #begin}, then its values. Used again
 * and again; {@link #build} copies.
 */
public final class FeatureValuesBuilder {
  private static final char[] TRUE = "true".toCharArray();
  private static final char[] FALSE = "false".toCharArray();
  private static final char[] ZERO = {'0'};
  private static final int MAX_UTF8_PER_CHAR = 3;

  private final FeatureNames names;
  private final boolean[] given;
  private final boolean[] lists;
  private final int[] firsts;
  private final int[] counts;
  private Type[] types = new Type[64];
  private double[] numbers = new double[64];
  private int[] textEnds = new int[64];
  private byte[] text = new byte[1024];
  private int size;
  private int textSize;
  private int feature;

  public FeatureValuesBuilder(FeatureNames names) {
    this.names = requireNonNull(names, "names");
    given = new boolean[names.size()];
    lists = new boolean[names.size()];
    firsts = new int[names.size()];
    counts = new int[names.size()];
  }

  /** Whether a number can be a feature's value: finite, and so as a float. */
  public static boolean inRange(double number) {
    return Math.abs(number) <= Float.MAX_VALUE;
  }

  public void clear() {
    Arrays.fill(given, false);
    Arrays.fill(lists, false);
    Arrays.fill(counts, 0);
    size = 0;
    textSize = 0;
  }

  /** What is added next belongs to this feature. False if it was given before. */
  public boolean begin(int feature) {
    if (given[feature]) {
      return false;
    }
    given[feature] = true;
    firsts[feature] = size;
    this.feature = feature;
    return true;
  }

  public void beginList() {
    lists[feature] = true;
  }

  public void addString(char[] chars, int from, int length) {
    add(Type.STRING, 0, chars, from, length);
  }

  /** An integer of any length, given by its value and its digits. */
  public void addInteger(double number, char[] digits, int from, int length) {
    if (number == 0) {
      add(Type.INTEGER, 0, ZERO, 0, 1); // "-0" is no other value than "0"
    } else {
      add(Type.INTEGER, number, digits, from, length);
    }
  }

  public void addDouble(double number) {
    add(Type.DOUBLE, number, ZERO, 0, 0);
  }

  public void addBoolean(boolean value) {
    char[] chars = value ? TRUE : FALSE;
    add(Type.BOOLEAN, 0, chars, 0, chars.length);
  }

  /** Adds a value of the fitting type; false if there is none, or it is out of range. */
  boolean add(Object value) {
    if (value instanceof CharSequence string) {
      addString(string.toString().toCharArray(), 0, string.length());
    } else if (value instanceof Boolean bool) {
      addBoolean(bool);
    } else if (!(value instanceof Number number) || !inRange(number.doubleValue())) {
      return false;
    } else if (isInteger(number)) {
      char[] digits = number.toString().toCharArray();
      addInteger(number.doubleValue(), digits, 0, digits.length);
    } else {
      addDouble(number.doubleValue());
    }
    return true;
  }

  /** Adds what others hold of the feature that was begun. */
  void addAll(FeatureValues others, int otherFeature) {
    lists[feature] = others.isList(otherFeature);
    int first = others.first(otherFeature);
    for (int value = first; value < first + others.count(otherFeature); value++) {
      int length = others.textLength(value);
      reserve(length);
      types[size] = others.type(value);
      numbers[size] = others.number(value);
      System.arraycopy(others.utf8(), others.textStart(value), text, textSize, length);
      textSize += length;
      textEnds[size++] = textSize;
      counts[feature]++;
    }
  }

  private static boolean isInteger(Number number) {
    return number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte
        || number instanceof BigInteger;
  }

  public FeatureValues build() {
    return new FeatureValues(
        names,
        firsts.clone(),
        counts.clone(),
        lists.clone(),
        Arrays.copyOf(types, size),
        Arrays.copyOf(numbers, size),
        Arrays.copyOf(textEnds, size),
        Arrays.copyOf(text, textSize));
  }

  private void add(Type type, double number, char[] chars, int from, int length) {
    reserve(length);
    types[size] = type;
    numbers[size] = number;
    appendUtf8(chars, from, from + length);
    textEnds[size++] = textSize;
    counts[feature]++;
  }

  private void reserve(int chars) {
    if (size == types.length) {
      types = Arrays.copyOf(types, 2 * size);
      numbers = Arrays.copyOf(numbers, 2 * size);
      textEnds = Arrays.copyOf(textEnds, 2 * size);
    }
    int needed = Math.addExact(textSize, Math.multiplyExact(chars, MAX_UTF8_PER_CHAR));
    if (needed > text.length) {
      text = Arrays.copyOf(text, Math.max(needed, 2 * text.length));
    }
  }

  private void appendUtf8(char[] chars, int from, int to) {
    int at = textSize;
    for (int i = from; i < to; i++) {
      char c = chars[i];
      if (c < 0x80) {
        text[at++] = (byte) c;
      } else if (c < 0x800) {
        text[at++] = (byte) (0xC0 | c >> 6);
        text[at++] = (byte) (0x80 | c & 0x3F);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < to
          && Character.isLowSurrogate(chars[i + 1])) {
        int point = Character.toCodePoint(c, chars[++i]);
        text[at++] = (byte) (0xF0 | point >> 18);
        text[at++] = (byte) (0x80 | point >> 12 & 0x3F);
        text[at++] = (byte) (0x80 | point >> 6 & 0x3F);
        text[at++] = (byte) (0x80 | point & 0x3F);
      } else {
        char written = Character.isSurrogate(c) ? '\uFFFD' : c;
        text[at++] = (byte) (0xE0 | written >> 12);
        text[at++] = (byte) (0x80 | written >> 6 & 0x3F);
        text[at++] = (byte) (0x80 | written & 0x3F);
      }
    }
    textSize = at;
  }
}
