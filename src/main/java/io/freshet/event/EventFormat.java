package io.freshet.event;

/** How the values of a topic of events are written. */
public enum EventFormat {
  JSON,
  /** Of a schema that the record names. */
  AVRO,
  /** Of a message that the record or the configuration names. */
  PROTOBUF
}
