package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether records come from a topic. A silence is logged once when it has lasted, and once when it
 * is over. A broker that stalls and a topic that nobody writes to look the same from here.
 */
final class IdleTopicMonitor {
  /** How often to {@link #look}. */
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final int LOOKS_UNTIL_LOGGED = 3;
  private static final Logger LOG = LoggerFactory.getLogger(IdleTopicMonitor.class);

  private final String topic;
  private boolean heard;
  private long looks; // without a record, one after the other

  IdleTopicMonitor(String topic) {
    this.topic = requireNonNull(topic, "topic");
  }

  /** Notes that a record came. */
  void heard() {
    heard = true;
  }

  void look() {
    if (heard) {
      if (looks >= LOOKS_UNTIL_LOGGED) {
        LOG.info("records come from topic {} again, after {} s", topic, seconds());
      }
      heard = false;
      looks = 0;
    } else if (++looks == LOOKS_UNTIL_LOGGED) {
      LOG.warn(
          "no record from topic {} for {} s: Kafka does not answer, nobody writes to it, a"
              + " transaction on it stays open, or it is held back for another topic that is"
              + " behind; event time does not advance meanwhile",
          topic,
          seconds());
    }
  }

  /** For how long no record has come, to the length of an interval. */
  long seconds() {
    return looks * INTERVAL.toSeconds();
  }
}
