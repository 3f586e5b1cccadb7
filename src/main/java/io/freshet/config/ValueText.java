package io.freshet.config;

import java.math.BigDecimal;

/** Values as a configuration would have them. */
final class ValueText {
  private ValueText() {}

  /** A number without needless digits, a boolean, or the value's own text. */
  static Object of(Object value) {
    if (value instanceof Double || value instanceof Float) {
      return number(value.toString());
    }
    return value instanceof Number || value instanceof Boolean ? value : value.toString();
  }

  /** The shortest form that is read again as the same number. */
  private static Object number(String text) {
    BigDecimal number = new BigDecimal(text).stripTrailingZeros();
    boolean whole = number.scale() <= 0 && number.precision() - number.scale() <= 9;
    return whole ? number.intValueExact() : number;
  }
}
