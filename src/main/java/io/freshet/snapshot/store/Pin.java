package io.freshet.snapshot.store;

import static java.util.Objects.requireNonNull;

import io.freshet.snapshot.format.Version;
import java.time.Instant;

/**
 * What holds the pointer in place, whatever is published meanwhile.
 *
 * @param version the version that it holds it at
 * @param reason for people
 * @param since when it was pinned
 */
public record Pin(Version version, String reason, Instant since) {
  public Pin {
    requireNonNull(version, "version");
    requireNonNull(reason, "reason");
    requireNonNull(since, "since");
  }
}
