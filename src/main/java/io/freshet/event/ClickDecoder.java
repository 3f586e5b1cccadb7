package io.freshet.event;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/**
 * Decodes clicks from JSON, as {@code schemas/click.schema.json} describes them, without a tree:
 * {@code {"impression_id": "…", "timestamp": <epoch ms>}}.
 *
 * <p>Never throws, whatever the bytes. Holds scratch memory: one for each thread.
 */
public final class ClickDecoder {
  private final RecordParser parser;
  private final EnvelopeReader envelope;

  public ClickDecoder(EventSettings settings) {
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
    int ignored = 0;
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      json.nextToken();
      switch (key) {
        case "impression_id" -> envelope.readId(json);
        case "timestamp" -> envelope.readTimestamp(json, kafkaTimestamp);
        default -> {
          ignored++;
          json.skipChildren();
        }
      }
    }
    return new Outcome.Good<>(new Click(envelope.id(), envelope.timestamp()), ignored);
  }
}
