package io.freshet.feature;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.freshet.event.FeatureValues;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/**
 * The 64-bit hashes behind feature ids: XXH3-64 with seed {@value #SEED}. They are part of every
 * checkpoint and snapshot, so they never change.
 *
 * <ul>
 *   <li>A string, a boolean or an integer: of its text in UTF-8. So the number 5 and the string "5"
 *       are one value, and integers of any length stay apart.
 *   <li>A number with a fraction or an exponent: as the integer it equals, if it does (5.0 is 5).
 *       Otherwise of 16 bytes: the {@link #FRACTION} mark and its double, both little-endian. So
 *       0.1 and "0.1" differ, as no text of a fraction is the same in every language.
 *   <li>A combination of ids: of 16 bytes, the combination so far and the next id, little-endian.
 * </ul>
 */
public final class ValueHash {
  static final long SEED = 0x46726573686574L;
  static final long FRACTION = 0x6672616374696F6EL;

  private static final Hasher64 HASH = Hashing.xxh3_64(SEED);

  private ValueHash() {}

  /** The hash of a string, and of the integer or boolean of that text. */
  public static long of(String text) {
    return HASH.hashBytesToLong(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The hash of an integer. */
  public static long of(long integer) {
    return of(Long.toString(integer));
  }

  /** The hash of a finite number. */
  public static long of(double number) {
    if (number != Math.rint(number)) {
      return mix(FRACTION, Double.doubleToLongBits(number));
    }
    return Math.abs(number) < 0x1p63
        ? of((long) number)
        : of(new BigDecimal(number).toPlainString());
  }

  /** The hash of a raw value. */
  public static long of(FeatureValues values, int value) {
    if (values.type(value) == FeatureValues.Type.DOUBLE) {
      return of(values.number(value));
    }
    return HASH.hashBytesToLong(values.utf8(), values.textStart(value), values.textLength(value));
  }

  /** The hash of two things in order. */
  static long mix(long first, long second) {
    return HASH.hashLongLongToLong(first, second);
  }
}
