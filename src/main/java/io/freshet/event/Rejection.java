package io.freshet.event;

import static java.util.Objects.requireNonNull;

/**
 * Why a record is not learned from.
 *
 * @param kind for counting
 * @param reason for people: the place in the record, what is there and what would be right
 */
public record Rejection(Kind kind, String reason) {

  public Rejection {
    requireNonNull(kind, "kind");
    requireNonNull(reason, "reason");
  }

  public enum Kind {
    /** A value of no bytes. */
    EMPTY,
    /** More bytes, depth, digits or characters than allowed. */
    TOO_LARGE,
    /** Not one JSON object in UTF-8. */
    NOT_JSON,
    MISSING_KEY,
    DUPLICATE_KEY,
    WRONG_TYPE,
    /** The right type, but a value that cannot be: an empty id, a number beyond float. */
    BAD_VALUE,
    /** Before the year 2000, or too long after the record's Kafka timestamp. */
    BAD_TIMESTAMP,
    /** More feature values, or feature occurrences made of them, than allowed. */
    TOO_MANY_VALUES,
    /** Of a version that is not read: {@link EventVersion}. */
    UNKNOWN_VERSION,
    /** No id of a schema, or not what the schema of that id says. */
    NOT_AVRO,
    /** Not what the descriptor of its message says, or without one. */
    NOT_PROTOBUF,
    /** Of a schema that does not exist, or is of another format. */
    UNKNOWN_SCHEMA
  }
}
