package io.freshet.lab.stream;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A record for one of the two topics of events.
 *
 * @param key what decides the partition: records of one key keep their order
 * @param time event time, epoch milliseconds
 * @param value the bytes, which need not be a good event
 */
public record EventRecord(Topic topic, Optional<String> key, long time, byte[] value) {

  public enum Topic {
    IMPRESSIONS,
    CLICKS
  }

  public EventRecord {
    requireNonNull(topic, "topic");
    requireNonNull(key, "key");
    requireNonNull(value, "value");
  }
}
