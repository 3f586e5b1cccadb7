package io.freshet.event.decode;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.Click;
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
import java.util.Optional;

/**
 * Decodes clicks from JSON, as {@code schemas/click.schema.json} describes them, without a tree:
 * {@code {"impression_id": "…", "timestamp": <epoch ms>, "action": "click"}}. Or from Avro, where a
 * record with fields of these names means the same.
 *
 * <p>A topic of one action need not name it; in a topic of several each record must.
 *
 * <p>Never throws, whatever the bytes, unless {@link WriterSchemas} does. Holds scratch memory: one
 * for each thread.
 */
public final class ClickDecoder {
  private final RecordParser parser;
  private static final int MAX_ACTION_CHARACTERS = 64;
  private static final String RIGHT_ACTION = "a string of 1 to 64 characters";

  private final EnvelopeReader envelope;
  private final Optional<String> action;

  /** A decoder of clicks in JSON. */
  public ClickDecoder(EventSettings settings) {
    this(settings, Optional.of(Click.CLICK));
  }

  /**
   * A decoder of actions in JSON.
   *
   * @param action of the records that name none; nothing where each must
   */
  public ClickDecoder(EventSettings settings, Optional<String> action) {
    this(settings, action, new JsonRecords(settings.maxBytes()));
  }

  /** A decoder of actions in Avro. */
  public ClickDecoder(EventSettings settings, Optional<String> action, WriterSchemas schemas) {
    this(settings, action, new AvroRecords(settings.maxBytes(), schemas));
  }

  private ClickDecoder(EventSettings settings, Optional<String> action, RecordParser parser) {
    this.action = requireNonNull(action, "action");
    this.parser = parser;
    envelope = new EnvelopeReader(settings.maxAhead());
  }

  /**
   * Decodes a record's value.
   *
   * @param kafkaTimestamp the record's own timestamp, epoch milliseconds
   */
  public DecodeResult<Click> decode(byte[] value, long kafkaTimestamp) {
    return parser.parse(value, record -> read(record, kafkaTimestamp));
  }

  private DecodeResult<Click> read(Tokens record, long kafkaTimestamp)
      throws IOException, RejectedException {
    envelope.clear();
    String named = null;
    int ignored = 0;
    for (String key = record.nextFieldName(); key != null; key = record.nextFieldName()) {
      record.nextToken();
      switch (key) {
        case "impression_id" -> envelope.readId(record);
        case "timestamp" -> envelope.readTimestamp(record, kafkaTimestamp);
        case "action" -> named = readAction(record, named);
        default -> {
          ignored++;
          record.skipChildren();
        }
      }
    }
    if (named == null && action.isEmpty()) {
      throw FieldErrors.missing("action", RIGHT_ACTION + ", as the topic holds several");
    }
    String which = named == null ? action.get() : named;
    return new DecodeResult.Good<>(new Click(envelope.id(), envelope.timestamp(), which), ignored);
  }

  private static String readAction(Tokens record, String before)
      throws IOException, RejectedException {
    if (before != null) {
      throw FieldErrors.duplicate("action", record);
    }
    if (record.currentToken() != JsonToken.VALUE_STRING) {
      throw FieldErrors.wrongType("action", record, RIGHT_ACTION);
    }
    String text = record.getText();
    int characters = text.codePointCount(0, text.length());
    if (characters < 1 || characters > MAX_ACTION_CHARACTERS) {
      throw FieldErrors.rejected(
          BAD_VALUE,
          "action",
          record,
          "has %d characters; expected %s".formatted(characters, RIGHT_ACTION));
    }
    return text;
  }
}
