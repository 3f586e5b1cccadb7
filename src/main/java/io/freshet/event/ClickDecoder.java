package io.freshet.event;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Optional;

/**
 * Decodes clicks from JSON, as {@code schemas/click.schema.json} describes them, without a tree:
 * {@code {"impression_id": "…", "timestamp": <epoch ms>, "action": "click"}}.
 *
 * <p>A topic of one action need not name it; in a topic of several each record must.
 *
 * <p>Never throws, whatever the bytes. Holds scratch memory: one for each thread.
 */
public final class ClickDecoder {
  private final RecordParser parser;
  private static final int MAX_ACTION_CHARACTERS = 64;
  private static final String RIGHT_ACTION = "a string of 1 to 64 characters";

  private final EnvelopeReader envelope;
  private final Optional<String> action;

  /** A decoder of clicks. */
  public ClickDecoder(EventSettings settings) {
    this(settings, Optional.of(Click.CLICK));
  }

  /**
   * A decoder of actions.
   *
   * @param action of the records that name none; nothing where each must
   */
  public ClickDecoder(EventSettings settings, Optional<String> action) {
    this.action = requireNonNull(action, "action");
    parser = new RecordParser(settings.maxBytes());
    envelope = new EnvelopeReader(settings.maxAhead());
  }

  /**
   * Decodes a record's value.
   *
   * @param kafkaTimestamp the record's own timestamp, epoch milliseconds
   */
  public Outcome<Click> decode(byte[] value, long kafkaTimestamp) {
    return parser.parse(value, json -> read(json, kafkaTimestamp));
  }

  private Outcome<Click> read(JsonParser json, long kafkaTimestamp)
      throws IOException, RejectedException {
    envelope.clear();
    String named = null;
    int ignored = 0;
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      json.nextToken();
      switch (key) {
        case "impression_id" -> envelope.readId(json);
        case "timestamp" -> envelope.readTimestamp(json, kafkaTimestamp);
        case "action" -> named = readAction(json, named);
        default -> {
          ignored++;
          json.skipChildren();
        }
      }
    }
    if (named == null && action.isEmpty()) {
      throw Place.missing("action", RIGHT_ACTION + ", as the topic holds several,");
    }
    String which = named == null ? action.get() : named;
    return new Outcome.Good<>(new Click(envelope.id(), envelope.timestamp(), which), ignored);
  }

  private static String readAction(JsonParser json, String before)
      throws IOException, RejectedException {
    if (before != null) {
      throw Place.duplicate("action", json);
    }
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw Place.wrongType("action", json, RIGHT_ACTION);
    }
    String text = json.getText();
    int characters = text.codePointCount(0, text.length());
    if (characters < 1 || characters > MAX_ACTION_CHARACTERS) {
      throw Place.rejected(
          BAD_VALUE,
          "action",
          json,
          "has %d characters; %s is right".formatted(characters, RIGHT_ACTION));
    }
    return text;
  }
}
