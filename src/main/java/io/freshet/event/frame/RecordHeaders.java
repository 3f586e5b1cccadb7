package io.freshet.event.frame;

/** The headers of a Kafka record. */
@FunctionalInterface
public interface RecordHeaders {
  RecordHeaders NONE = name -> null;

  /** The value of the last header of a name; null for none. */
  byte[] last(String name);
}
