package io.freshet.lab.report.plot;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
public final class Numbers {
  private static final String[] BYTE_UNITS = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};

  private Numbers() {}

  public static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** A dash if it is not defined. */
  public static String decimal(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    boolean negativeZero = text.startsWith("-") && text.chars().noneMatch(c -> c > '0' && c <= '9');
    return negativeZero ? text.substring(1) : text.replace('-', '−');
  }

  public static String percent(double share) {
    return Double.isFinite(share) ? decimal(100 * share, 1) + " %" : "–";
  }

  public static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5) {
      value /= 1000;
      unit++;
    }
    return decimal(value, unit == 0 || value >= 99.5 ? 0 : 1) + " " + BYTE_UNITS[unit];
  }

  /** The two largest units: {@code 3 min 20 s}. */
  public static String duration(Duration duration) {
    long s = duration.toSeconds();
    if (s == 0 && !duration.isZero()) {
      return duration.toMillis() + " ms";
    }
    if (s < 60) {
      return s + " s";
    }
    if (s < 3600) {
      return pair(s / 60, "min", s % 60, "s");
    }
    if (s < 86400) {
      return pair(s / 3600, "h", s % 3600 / 60, "min");
    }
    return pair(s / 86400, "d", s % 86400 / 3600, "h");
  }

  private static String pair(long large, String unit, long small, String smallUnit) {
    return large + " " + unit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }
}
