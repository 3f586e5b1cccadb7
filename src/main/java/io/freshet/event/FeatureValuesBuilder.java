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
  private final boolean[] weighted;
  private final int[] firsts;
  private final int[] counts;
  private Type[] types = new Type[64];
  private double[] numbers = new double[64];
  private int[] textEnds = new int[64];
  private byte[] text = new byte[1024];
  private int size;
  private int textSize;
  private int feature;
  private int[] owners = new int[64]; // of the values
  private final int[] sources; // of each feature: itself, or the one whose values it has
  private boolean isInTurns; // whether values of several features come in turns

  public FeatureValuesBuilder(FeatureNames names) {
    this.names = requireNonNull(names, "names");
    given = new boolean[names.size()];
    lists = new boolean[names.size()];
    weighted = new boolean[names.size()];
    firsts = new int[names.size()];
    counts = new int[names.size()];
    sources = new int[names.size()];
    Arrays.setAll(sources, feature -> feature);
  }

  /** Whether a number can be a feature's value: finite, and so as a float. */
  public static boolean inRange(double number) {
    return Math.abs(number) <= Float.MAX_VALUE;
  }

  public void clear() {
    Arrays.fill(given, false);
    Arrays.fill(lists, false);
    Arrays.fill(weighted, false);
    Arrays.fill(counts, 0);
    size = 0;
    textSize = 0;
    isInTurns = false;
    Arrays.setAll(sources, feature -> feature);
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

  /** What is added next belongs to a feature that was begun before. */
  public void resume(int feature) {
    isInTurns |= feature != this.feature;
    this.feature = feature;
  }

  /** Gives a feature the values of another, which has all of its own. False if it had some. */
  public boolean repeat(int feature, int other) {
    if (given[feature]) {
      return false;
    }
    given[feature] = true;
    sources[feature] = other;
    lists[feature] = lists[other];
    weighted[feature] = weighted[other];
    firsts[feature] = firsts[other];
    counts[feature] = counts[other];
    return true;
  }

  public void beginList() {
    lists[feature] = true;
  }

  /** Values with weights follow. False, and nothing begun, if the feature has none. */
  public boolean beginWeights() {
    weighted[feature] = names.mayBeWeighted(feature);
    return weighted[feature];
  }

  /** A value and its weight, which is finite and within the range of a float. */
  public void addWeighted(char[] chars, int from, int length, double weight) {
    add(Type.STRING, weight, chars, from, length);
  }

  /** The same of any value, by its text; false if the weight is none. */
  boolean addWeighted(Object value, Object weight) {
    if (!(weight instanceof Number number) || !inRange(number.doubleValue())) {
      return false;
    }
    char[] text = String.valueOf(value).toCharArray();
    addWeighted(text, 0, text.length, number.doubleValue());
    return true;
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
    add(Type.BOOLEAN, value ? 1 : 0, chars, 0, chars.length);
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
    weighted[feature] = others.isWeighted(otherFeature);
    int first = others.first(otherFeature);
    for (int value = first; value < first + others.count(otherFeature); value++) {
      int length = others.textLength(value);
      reserve(length);
      owners[size] = feature;
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
    if (isInTurns) {
      group();
    }
    return new FeatureValues(
        names,
        firsts.clone(),
        counts.clone(),
        lists.clone(),
        weighted.clone(),
        Arrays.copyOf(types, size),
        Arrays.copyOf(numbers, size),
        Arrays.copyOf(textEnds, size),
        Arrays.copyOf(text, textSize));
  }

  /** Puts the values of each feature together, in their order. */
  private void group() {
    int[] next = new int[names.size()];
    for (int f = 0, sum = 0; f < next.length; f++) {
      firsts[f] = next[f] = sum;
      sum += sources[f] == f ? counts[f] : 0;
    }
    int[] places = new int[size]; // by new place, the old one
    for (int value = 0; value < size; value++) {
      places[next[owners[value]]++] = value;
    }
    Type[] oldTypes = types.clone();
    double[] oldNumbers = numbers.clone();
    int[] oldEnds = textEnds.clone();
    byte[] oldText = text.clone();
    textSize = 0;
    for (int value = 0; value < size; value++) {
      int old = places[value];
      int start = old == 0 ? 0 : oldEnds[old - 1];
      System.arraycopy(oldText, start, text, textSize, oldEnds[old] - start);
      textSize += oldEnds[old] - start;
      types[value] = oldTypes[old];
      numbers[value] = oldNumbers[old];
      textEnds[value] = textSize;
    }
    for (int f = 0; f < next.length; f++) {
      firsts[f] = firsts[sources[f]];
    }
    isInTurns = false;
  }

  private void add(Type type, double number, char[] chars, int from, int length) {
    reserve(length);
    types[size] = type;
    owners[size] = feature;
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
      owners = Arrays.copyOf(owners, 2 * size);
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
