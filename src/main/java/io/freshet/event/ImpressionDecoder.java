package io.freshet.event;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/**
 * Decodes impressions from JSON, as {@code schemas/impression.schema.json} describes them, without
 * a tree: {@code {"impression_id": "…", "timestamp": <epoch ms>, "features": {…}, "weight": 1}}.
 *
 * <p>Never throws, whatever the bytes. Holds scratch memory: one for each thread.
 */
public final class ImpressionDecoder {
  private static final String RIGHT_WEIGHT = "a number above 0 within the range of a float";

  private final RecordParser parser;
  private final EnvelopeReader envelope;
  private final FeatureReader featureReader;

  /** A decoder that keeps the named features and skips the others. */
  public ImpressionDecoder(EventSettings settings, FeatureNames names) {
    parser = new RecordParser(settings.maxBytes());
    envelope = new EnvelopeReader(settings.maxAhead());
    featureReader = new FeatureReader(names, settings.maxValues());
  }

  /**
   * Decodes a record's value.
   *
   * @param kafkaTimestamp the record's own timestamp, epoch milliseconds
   */
  public Outcome<Impression> decode(byte[] value, long kafkaTimestamp) {
    return parser.parse(value, json -> read(json, kafkaTimestamp));
  }

  private Outcome<Impression> read(JsonParser json, long kafkaTimestamp)
      throws IOException, RejectedException {
    envelope.clear();
    FeatureValues features = null;
    Float weight = null;
    int ignored = 0;
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      json.nextToken();
      switch (key) {
        case "impression_id" -> envelope.readId(json);
        case "timestamp" -> envelope.readTimestamp(json, kafkaTimestamp);
        case "features" -> features = readFeatures(json, features);
        case "weight" -> weight = readWeight(json, weight);
        default -> {
          ignored++;
          json.skipChildren();
        }
      }
    }
    if (features == null) {
      throw Place.missing("features", "an object");
    }
    Impression impression =
        new Impression(envelope.id(), envelope.timestamp(), weight == null ? 1 : weight, features);
    return new Outcome.Good<>(impression, ignored + featureReader.ignored());
  }

  private FeatureValues readFeatures(JsonParser json, FeatureValues before)
      throws IOException, RejectedException {
    if (before != null) {
      throw Place.duplicate("features", json);
    }
    return featureReader.read(json);
  }

  private static Float readWeight(JsonParser json, Float before)
      throws IOException, RejectedException {
    if (before != null) {
      throw Place.duplicate("weight", json);
    }
    if (!json.currentToken().isNumeric()) {
      throw Place.wrongType("weight", json, RIGHT_WEIGHT);
    }
    float weight = (float) json.getDoubleValue();
    if (!(weight > 0) || weight == Float.POSITIVE_INFINITY) {
      throw Place.rejected(
          BAD_VALUE, "weight", json, "is " + weight + "; " + RIGHT_WEIGHT + " is right");
    }
    return weight;
  }
}
