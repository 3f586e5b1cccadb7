package io.freshet.event.decode;

import static io.freshet.event.Rejection.Kind.BAD_TIMESTAMP;
import static io.freshet.event.Rejection.Kind.BAD_VALUE;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.RejectedException;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.Tokens;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Reads the keys that impressions and clicks share: the impression's id, 1 to {@value
 * #MAX_ID_CHARACTERS} characters, and the event time.
 *
 * <p>Time is judged against the record's Kafka timestamp and no clock, so that a replay decides the
 * same.
 */
final class EnvelopeReader {
  static final int MAX_ID_CHARACTERS = 256;
  static final long YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();

  private static final String RIGHT_ID = "a string of 1 to 256 characters";
  private static final String RIGHT_TIME = "an integer, epoch milliseconds";

  private final Duration maxAhead;
  private String id;
  private long timestamp;

  EnvelopeReader(Duration maxAhead) {
    this.maxAhead = maxAhead;
  }

  void clear() {
    id = null;
    timestamp = Long.MIN_VALUE;
  }

  void readId(Tokens record) throws IOException, RejectedException {
    if (id != null) {
      throw FieldErrors.duplicate("impression_id", record);
    }
    if (record.currentToken() != JsonToken.VALUE_STRING) {
      throw FieldErrors.wrongType("impression_id", record, RIGHT_ID);
    }
    String text = record.getText();
    int characters = text.codePointCount(0, text.length());
    if (characters < 1 || characters > MAX_ID_CHARACTERS) {
      throw FieldErrors.rejected(
          BAD_VALUE,
          "impression_id",
          record,
          "has %d characters; expected %s".formatted(characters, RIGHT_ID));
    }
    if (hasLoneSurrogate(text)) {
      throw FieldErrors.rejected(
          BAD_VALUE,
          "impression_id",
          record,
          "holds half a surrogate pair; expected whole characters");
    }
    id = text;
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int point = text.codePointAt(i);
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        return true;
      }
    }
    return false;
  }

  void readTimestamp(Tokens record, long kafkaTimestamp) throws IOException, RejectedException {
    if (timestamp != Long.MIN_VALUE) {
      throw FieldErrors.duplicate("timestamp", record);
    }
    long read = integer(record);
    if (read < YEAR_2000) {
      throw FieldErrors.rejected(
          BAD_TIMESTAMP,
          "timestamp",
          record,
          "%d is %s; expected epoch milliseconds from the year 2000 on"
              .formatted(read, Instant.ofEpochMilli(read)));
    }
    if (kafkaTimestamp < 0) {
      throw FieldErrors.rejected(
          BAD_TIMESTAMP,
          "timestamp",
          record,
          "cannot be judged, because the Kafka record has no timestamp");
    }
    if (read - kafkaTimestamp > maxAhead.toMillis()) {
      throw FieldErrors.rejected(
          BAD_TIMESTAMP,
          "timestamp",
          record,
          "%s is more than %s ahead of the record's Kafka timestamp %s"
              .formatted(
                  Instant.ofEpochMilli(read), maxAhead, Instant.ofEpochMilli(kafkaTimestamp)));
    }
    timestamp = read;
  }

  private static long integer(Tokens record) throws IOException, RejectedException {
    double number = record.currentToken().isNumeric() ? record.getDoubleValue() : Double.NaN;
    if (number != Math.rint(number)) { // true of a fraction and of NaN
      throw FieldErrors.wrongType("timestamp", record, RIGHT_TIME);
    }
    if (Math.abs(number) >= 0x1p63) {
      throw FieldErrors.rejected(
          BAD_TIMESTAMP, "timestamp", record, "is no time; expected " + RIGHT_TIME);
    }
    return record.currentToken() == JsonToken.VALUE_NUMBER_INT
        ? record.getLongValue()
        : (long) number;
  }

  String id() throws RejectedException {
    if (id == null) {
      throw FieldErrors.missing("impression_id", RIGHT_ID);
    }
    return id;
  }

  long timestamp() throws RejectedException {
    if (timestamp == Long.MIN_VALUE) {
      throw FieldErrors.missing("timestamp", RIGHT_TIME);
    }
    return timestamp;
  }
}
