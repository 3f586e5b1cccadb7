package io.freshet.cli.snapshot.text;

import io.freshet.snapshot.format.Manifest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** A manifest's values as people read them. */
public final class ManifestCells {
  public static final String ABSENT = "-";

  private static final String[] BYTE_UNITS = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};

  private ManifestCells() {}

  public static String kind(Manifest manifest) {
    return manifest.kind().name().toLowerCase(Locale.ROOT);
  }

  public static String time(Optional<Instant> time) {
    return time.map(t -> t.truncatedTo(ChronoUnit.SECONDS).toString()).orElse(ABSENT);
  }

  public static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  public static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, BYTE_UNITS[unit]);
  }

  static String metric(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? count((long) value)
        : String.format(Locale.ROOT, "%.5f", value);
  }
}
