package io.freshet.event.decode;

import static io.freshet.event.Rejection.Kind.BAD_TIMESTAMP;
import static io.freshet.event.Rejection.Kind.BAD_VALUE;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.RejectedException;
import io.freshet.event.avro.AvroRecords;
import io.freshet.event.avro.WriterSchemas;
import io.freshet.event.json.JsonRecords;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.parse.Tokens;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decodes events of one kind from JSON, without a tree, or from Avro, where a record with fields of
 * the same names means the same. A key whose value is null is absent. The keys that all kinds share
 * are read here: the impression's id and the event time. Time is judged against the record's Kafka
 * timestamp and no clock, so that a replay decides the same.
 *
 * <p>Never throws, whatever the bytes, unless {@link WriterSchemas} does. Holds scratch memory: one
 * for each thread.
 */
abstract class EventDecoder<T> {
  private static final int MAX_ID_CHARACTERS = 256;
  private static final long YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();
  private static final String RIGHT_TIME = "an integer, epoch milliseconds";

  private final RecordParser parser;
  private final Duration maxAhead;
  private String id;
  private long timestamp;

  /** Keys and features so far that are not asked for. */
  int ignored;

  EventDecoder(EventSettings settings, Optional<WriterSchemas> avro) {
    maxAhead = settings.maxAhead();
    parser =
        avro.<RecordParser>map(schemas -> new AvroRecords(settings.maxBytes(), schemas))
            .orElseGet(() -> new JsonRecords(settings.maxBytes()));
  }

  abstract void clear();

  /** Reads the value of a key of this kind; false, and nothing read, if the key is none. */
  abstract boolean readKey(String key, Tokens record) throws IOException, RejectedException;

  abstract T event() throws RejectedException;

  /**
   * Decodes a record's value.
   *
   * @param kafkaTimestamp the record's own timestamp, epoch milliseconds
   */
  public final DecodeResult<T> decode(byte[] value, long kafkaTimestamp) {
    return parser.parse(value, record -> read(record, kafkaTimestamp));
  }

  private DecodeResult<T> read(Tokens record, long kafkaTimestamp)
      throws IOException, RejectedException {
    id = null;
    timestamp = Long.MIN_VALUE;
    ignored = 0;
    clear();
    for (String key = record.nextFieldName(); key != null; key = record.nextFieldName()) {
      if (record.nextToken() == JsonToken.VALUE_NULL) {
        continue; // absent, as it is in Avro
      }
      if (key.equals("impression_id")) {
        readId(record);
      } else if (key.equals("timestamp")) {
        readTimestamp(record, kafkaTimestamp);
      } else if (!readKey(key, record)) {
        ignored++;
        record.skipChildren();
      }
    }
    return new DecodeResult.Good<>(event(), ignored);
  }

  final String id() throws RejectedException {
    if (id == null) {
      throw FieldErrors.missing("impression_id", expected(MAX_ID_CHARACTERS));
    }
    return id;
  }

  final long timestamp() throws RejectedException {
    if (timestamp == Long.MIN_VALUE) {
      throw FieldErrors.missing("timestamp", RIGHT_TIME);
    }
    return timestamp;
  }

  /** The text of a key that was not read before. */
  static String text(String key, Tokens record, String before, int maxCharacters)
      throws IOException, RejectedException {
    checkFirst(key, record, before);
    if (record.currentToken() != JsonToken.VALUE_STRING) {
      throw FieldErrors.wrongType(key, record, expected(maxCharacters));
    }
    String text = record.getText();
    int characters = text.codePointCount(0, text.length());
    if (characters < 1 || characters > maxCharacters) {
      throw FieldErrors.rejected(
          BAD_VALUE,
          key,
          record,
          "has %s characters; expected %s".formatted(characters, expected(maxCharacters)));
    }
    return text;
  }

  static void checkFirst(String key, Tokens record, Object before) throws RejectedException {
    if (before != null) {
      throw FieldErrors.duplicate(key, record);
    }
  }

  static String expected(int maxCharacters) {
    return "a string of 1 to " + maxCharacters + " characters";
  }

  private void readId(Tokens record) throws IOException, RejectedException {
    String text = text("impression_id", record, id, MAX_ID_CHARACTERS);
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

  private void readTimestamp(Tokens record, long kafkaTimestamp)
      throws IOException, RejectedException {
    if (timestamp != Long.MIN_VALUE) {
      throw FieldErrors.duplicate("timestamp", record);
    }
    long read = integer(record);
    if (read < YEAR_2000) {
      throw badTime(
          record,
          "%s is %s; expected epoch milliseconds from the year 2000 on"
              .formatted(read, Instant.ofEpochMilli(read)));
    }
    if (kafkaTimestamp < 0) {
      throw badTime(record, "cannot be judged, because the Kafka record has no timestamp");
    }
    if (read - kafkaTimestamp > maxAhead.toMillis()) {
      throw badTime(
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
      throw badTime(record, "is no time; expected " + RIGHT_TIME);
    }
    return record.currentToken() == JsonToken.VALUE_NUMBER_INT
        ? record.getLongValue()
        : (long) number;
  }

  private static RejectedException badTime(Tokens record, String fault) {
    return FieldErrors.rejected(BAD_TIMESTAMP, "timestamp", record, fault);
  }
}
