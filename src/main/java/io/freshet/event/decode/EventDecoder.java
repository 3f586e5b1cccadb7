package io.freshet.event.decode;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.RejectedException;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.mapping.EventMapping;
import io.freshet.event.mapping.TimestampUnit;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.NumberText;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.parse.Tokens;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Decodes events of one kind, without a tree, from JSON or another format, where a record with
 * fields of the same names means the same. A key whose value is null is absent. The keys that all
 * kinds share are read here: the impression's id and the event time. Time is judged against the
 * record's Kafka timestamp and no clock, so that a replay decides the same.
 *
 * <p>Records of another shape are read by an {@link EventMapping}. Then numbers written as text are
 * taken for numbers, and integers for ids and names.
 *
 * <p>Never throws, whatever the bytes, unless {@link io.freshet.event.frame.WriterSchemas} does.
 * Holds scratch memory: one for each thread.
 */
abstract class EventDecoder<T> {
  private static final int MAX_ID_CHARACTERS = 256;

  private final RecordParser parser;
  private final Duration maxAhead;
  private final EventMapping mapping;
  private final EventTimes times;
  private final MappedReader mapped; // null where records need no mapping
  private String id;
  private long timestamp;
  private long kafkaTimestamp;

  /** Keys and features so far that are not asked for. */
  int ignored;

  /**
   * @param tree what else is wanted than the mapping's
   */
  EventDecoder(
      EventSettings settings,
      EventMapping mapping,
      PathTree tree,
      FeaturesDecoder features,
      RecordParser parser) {
    maxAhead = settings.maxAhead();
    this.mapping = mapping;
    times = new EventTimes(mapping);
    if (!mapping.id().isNone()) {
      tree.at(mapping.id()).add(EventKey.ID);
    }
    tree.at(mapping.own()).add(EventKey.OWN);
    if (mapping.unit() != TimestampUnit.KAFKA) {
      tree.at(mapping.timestamp()).add(EventKey.TIMESTAMP);
    }
    mapped = mapping.isGiven() ? new MappedReader(tree, features, this::readMapped) : null;
    this.parser = requireNonNull(parser, "parser");
  }

  abstract void clear();

  /** Reads the value of a key of this kind; false, and nothing read, if the key is none. */
  abstract boolean readKey(String key, Tokens record) throws IOException, RejectedException;

  /** Reads the part that this kind has alone, found by a mapping. */
  abstract void readOwn(Tokens record) throws IOException, RejectedException;

  /** Reads the label, of the kind that has one. */
  void readLabel(Tokens record) throws IOException, RejectedException {
    throw new IllegalStateException("no label is asked for");
  }

  abstract T event() throws RejectedException;

  /**
   * Decodes a record's value.
   *
   * @param kafkaTimestamp the record's own timestamp, epoch milliseconds
   */
  public final DecodeResult<T> decode(byte[] value, RecordHeaders headers, long kafkaTimestamp) {
    return parser.parse(value, headers, record -> read(record, kafkaTimestamp));
  }

  /** Decodes the value of a record without headers. */
  public final DecodeResult<T> decode(byte[] value, long kafkaTimestamp) {
    return decode(value, RecordHeaders.NONE, kafkaTimestamp);
  }

  private DecodeResult<T> read(Tokens record, long kafkaTimestamp)
      throws IOException, RejectedException {
    id = mapping.id().isNone() ? "" : null;
    timestamp = Long.MIN_VALUE;
    ignored = 0;
    clear();
    this.kafkaTimestamp = kafkaTimestamp;
    if (mapped != null) {
      ignored = mapped.read(record);
    } else {
      readKeys(record);
    }
    if (mapping.unit() == TimestampUnit.KAFKA) {
      timestamp = times.ofKafka(kafkaTimestamp);
    }
    return new DecodeResult.Good<>(event(), ignored);
  }

  private void readKeys(Tokens record) throws IOException, RejectedException {
    for (String key = record.nextFieldName(); key != null; key = record.nextFieldName()) {
      if (record.nextToken() == JsonToken.VALUE_NULL) {
        continue; // absent, as it is in Avro
      }
      if (key.equals("impression_id")) {
        readId(record);
      } else if (key.equals("timestamp")) {
        readTimestamp(record);
      } else if (!readKey(key, record)) {
        ignored++;
        record.skipChildren();
      }
    }
  }

  private void readMapped(EventKey key, Tokens record) throws IOException, RejectedException {
    switch (key) {
      case ID -> readId(record);
      case TIMESTAMP -> readTimestamp(record);
      case OWN -> readOwn(record);
      case LABEL -> readLabel(record);
    }
  }

  final boolean isMapped() {
    return mapped != null;
  }

  final EventMapping mapping() {
    return mapping;
  }

  final String id() throws RejectedException {
    if (id == null) {
      throw FieldErrors.missing(mapping.id().text(), expected(MAX_ID_CHARACTERS));
    }
    return id;
  }

  final long timestamp() throws RejectedException {
    if (timestamp == Long.MIN_VALUE) {
      throw FieldErrors.missing(mapping.timestamp().text(), mapping.unit().right());
    }
    return timestamp;
  }

  /** The text of a key that was not read before. */
  final String text(String key, Tokens record, String before, int maxCharacters)
      throws IOException, RejectedException {
    checkFirst(key, record, before);
    boolean isNumber = isMapped() && record.currentToken() == JsonToken.VALUE_NUMBER_INT;
    if (!isNumber && record.currentToken() != JsonToken.VALUE_STRING) {
      throw FieldErrors.wrongType(key, record, expected(maxCharacters));
    }
    String text =
        isNumber
            ? new String(record.getTextCharacters(), record.getTextOffset(), record.getTextLength())
            : record.getText();
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

  /** A number, or one written as text where a mapping is given. */
  final double number(String key, Tokens record, String right)
      throws IOException, RejectedException {
    if (record.currentToken().isNumeric()) {
      return record.getDoubleValue();
    }
    double read =
        isMapped() && record.currentToken() == JsonToken.VALUE_STRING
            ? NumberText.parse(record.getText())
            : Double.NaN;
    if (Double.isNaN(read)) {
      throw FieldErrors.wrongType(key, record, right);
    }
    return read;
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
    String text = text(mapping.id().text(), record, id, MAX_ID_CHARACTERS);
    if (hasLoneSurrogate(text)) {
      throw FieldErrors.rejected(
          BAD_VALUE,
          mapping.id().text(),
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

  private void readTimestamp(Tokens record) throws IOException, RejectedException {
    if (timestamp != Long.MIN_VALUE) {
      throw FieldErrors.duplicate(mapping.timestamp().text(), record);
    }
    long read = times.read(record);
    if (kafkaTimestamp < 0) {
      throw times.bad(record, "cannot be judged, because the Kafka record has no timestamp");
    }
    if (read - kafkaTimestamp > maxAhead.toMillis()) {
      throw times.bad(
          record,
          "%s is more than %s ahead of the record's Kafka timestamp %s"
              .formatted(
                  Instant.ofEpochMilli(read), maxAhead, Instant.ofEpochMilli(kafkaTimestamp)));
    }
    timestamp = read;
  }
}
