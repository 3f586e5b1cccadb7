package io.freshet.snapshot.format;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a snapshot: the lineage it belongs to and the checkpoint that it is published from.
 *
 * <p>Written {@code 3f9a1c07-0000000012}: the checkpoint is padded, so that the names of one
 * lineage sort by age. A name holds nothing that could lead out of a folder.
 *
 * @param lineage eight hexadecimal digits, drawn at random by the run that started the lineage
 * @param checkpoint Flink's checkpoint id
 */
public record Version(String lineage, long checkpoint) implements Comparable<Version> {
  private static final Pattern LINEAGE = Pattern.compile("[0-9a-f]{8}");
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{8})-([0-9]{10,18})");
  private static final Comparator<Version> ORDER =
      Comparator.comparing(Version::lineage).thenComparingLong(Version::checkpoint);

  public Version {
    requireNonNull(lineage, "lineage");
    if (!LINEAGE.matcher(lineage).matches()) {
      throw new IllegalArgumentException(
          "a lineage is eight hexadecimal digits, not \"" + lineage + '"');
    }
    if (checkpoint < 0) {
      throw new IllegalArgumentException("checkpoint " + checkpoint + " is negative");
    }
  }

  /** Draws the name of a lineage at random. */
  public static String drawLineage() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }

  /** The version of a name, or nothing where the text is not one. */
  public static Optional<Version> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Optional.of(new Version(matcher.group(1), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  /**
   * The version of a name.
   *
   * @throws IllegalArgumentException where the text is not one
   */
  @JsonCreator
  public static Version of(String name) {
    return parse(name)
        .orElseThrow(
            () -> new IllegalArgumentException('"' + name + "\" is not the name of a version"));
  }

  @Override
  public int compareTo(Version that) {
    return ORDER.compare(this, that);
  }

  @JsonValue
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s-%010d", lineage, checkpoint);
  }
}
