package io.freshet.event;

/** How the values of a topic of events are written. */
public enum EventFormat {
  JSON,
  /** Behind the id of the schema that wrote it. */
  AVRO
}
