package io.freshet.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * The version of an event's format, as a Kafka header says it: {@code event-version: 1}, in UTF-8.
 *
 * <p>A record without the header is of version 1, the only one there is. One of another version is
 * not guessed at: what its keys mean is for a later reader to say.
 */
public final class EventVersion {
  public static final String HEADER = "event-version";

  public static final String CURRENT = "1";

  private static final int MAX_SHOWN = 40;

  private EventVersion() {}

  public static byte[] current() {
    return CURRENT.getBytes(UTF_8);
  }

  /**
   * Why a record is not read, if it is not.
   *
   * @param header the header's value; null where the record has none
   */
  public static Optional<Rejection> refusal(byte[] header) {
    String version = header == null ? CURRENT : new String(header, UTF_8);
    if (version.equals(CURRENT)) {
      return Optional.empty();
    }
    String shown = version.length() > MAX_SHOWN ? version.substring(0, MAX_SHOWN) + "…" : version;
    return Optional.of(
        new Rejection(
            Rejection.Kind.UNKNOWN_VERSION,
            "header %s is \"%s\"; expected %s, or no such header"
                .formatted(HEADER, shown, CURRENT)));
  }
}
