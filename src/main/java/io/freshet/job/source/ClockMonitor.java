package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether events are ahead of this machine's clock: some producer's clock is fast, or this one is
 * slow. They are learned when their time has come. The beginning is logged once, and the end.
 */
final class ClockMonitor {
  /** Clocks that are synchronized are nearer to each other. */
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(ClockMonitor.class);

  private final String topic;
  private final Counter ahead;
  private long before; // events ahead, at the last look
  private long furthest; // since then, milliseconds
  private boolean isLogged;

  /**
   * @param ahead counts events that are ahead
   */
  ClockMonitor(String topic, Counter ahead) {
    this.topic = requireNonNull(topic, "topic");
    this.ahead = requireNonNull(ahead, "ahead");
  }

  void event(long timestamp, long now) {
    if (timestamp - now > TOLERANCE.toMillis()) {
      ahead.inc();
      furthest = Math.max(furthest, timestamp - now);
    }
  }

  /** Called periodically. */
  void look() {
    long found = ahead.getCount() - before;
    if (found > 0 && !isLogged) {
      LOG.warn(
          "{} events of topic {} are up to {} ahead of this machine's clock: they wait until then;"
              + " set the clocks of the producers and of this machine by NTP",
          found,
          topic,
          Duration.ofMillis(furthest));
    } else if (found == 0 && isLogged) {
      LOG.info("events of topic {} are no longer ahead of this machine's clock", topic);
    }
    isLogged = found > 0;
    before = ahead.getCount();
    furthest = 0;
  }
}
