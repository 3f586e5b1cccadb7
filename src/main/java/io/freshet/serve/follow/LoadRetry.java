package io.freshet.serve.follow;

import io.freshet.snapshot.format.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When to try again to load a version that could not be loaded: after a pause that grows with each
 * failure, so that a large version with a fault is not read again and again at full speed. Another
 * version is tried at once.
 */
final class LoadRetry {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private Optional<Version> failed = Optional.empty();
  private Instant next = Instant.MIN;
  private Duration pause = FIRST;

  /** Whether the version failed a moment ago. */
  boolean isTooEarly(Version version, Instant now) {
    return failed.equals(Optional.of(version)) && now.isBefore(next);
  }

  void failed(Version version, Instant now) {
    Duration twice = pause.multipliedBy(2);
    boolean again = failed.equals(Optional.of(version));
    pause = !again ? FIRST : twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    failed = Optional.of(version);
    next = now.plus(pause);
  }

  void worked() {
    failed = Optional.empty();
  }
}
