package io.freshet.feature;

/**
 * Feature ids: 64 bits, the field's number in the high 12, a hash of the value in the low 52.
 *
 * <p>Field number 0 is the bias, which every example holds once with value 1 and which has a row of
 * the embedding table like any other feature (only its first-order weight is used).
 *
 * <p>A few ids of each field are not hashes: value 0 says that the field is missing, value 1
 * carries the number of a numeric field, values 2 to 9 are the knots that the number lies between,
 * and values from {@value #FIRST_COMPONENT} on are the components of a vector field. The chance
 * that a real value's hash falls on one of them is below 2<sup>-48</sup>.
 */
public final class Fids {
  public static final int FIELD_BITS = 12;
  public static final int VALUE_BITS = 64 - FIELD_BITS;

  /** Fields are numbered from 1 to here. */
  public static final int MAX_FIELD = (1 << FIELD_BITS) - 1;

  /** The id of the bias. */
  public static final long BIAS = 0L;

  private static final int FIRST_COMPONENT = 16;
  private static final long VALUE_MASK = (1L << VALUE_BITS) - 1;

  private Fids() {}

  /** The id of a value, given a 64-bit hash of it, of which the low 52 bits count. */
  public static long of(int field, long hash) {
    if (field < 0 || field > MAX_FIELD) {
      throw new IllegalArgumentException("field number " + field + " is not in 0.." + MAX_FIELD);
    }
    return (long) field << VALUE_BITS | hash & VALUE_MASK;
  }

  /** The id of a missing value of the field. */
  public static long missing(int field) {
    return of(field, 0);
  }

  /** The one id of a numeric field, which carries the number as its value. */
  public static long number(int field) {
    return of(field, 1);
  }

  /** The id of one of a numeric field's knots, 0 to 7. */
  public static long knot(int field, int knot) {
    return of(field, 2 + knot);
  }

  /** The id of a component of a vector field, from 0 on. */
  public static long component(int field, int component) {
    return of(field, FIRST_COMPONENT + component);
  }

  /** Which component the id is, if it is one of a vector field; below 0 if it is none. */
  public static int component(long fid) {
    return (int) Math.min((fid & VALUE_MASK) - FIRST_COMPONENT, Integer.MAX_VALUE);
  }

  /** Whether the id carries a number. */
  public static boolean isNumber(long fid) {
    return (fid & VALUE_MASK) == 1;
  }

  /** Whether the id, if it is of a numeric field, is one of its knots. */
  public static boolean isKnot(long fid) {
    long value = fid & VALUE_MASK;
    return value >= 2 && value < 10;
  }

  public static int field(long fid) {
    return (int) (fid >>> VALUE_BITS);
  }
}
