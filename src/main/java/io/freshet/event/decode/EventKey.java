package io.freshet.event.decode;

/** The parts of an event that are no features. */
enum EventKey {
  ID,
  TIMESTAMP,
  /** The one that an event's kind has alone. */
  OWN,
  /** Of an impression that says it. */
  LABEL
}
