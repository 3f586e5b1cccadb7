package io.freshet.event.decode;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;

import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.event.RejectedException;
import io.freshet.event.avro.AvroRecords;
import io.freshet.event.avro.WriterSchemas;
import io.freshet.event.json.JsonRecords;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.parse.Tokens;
import java.io.IOException;

/**
 * Decodes impressions from JSON, as {@code schemas/impression.schema.json} describes them, without
 * a tree: {@code {"impression_id": "…", "timestamp": <epoch ms>, "features": {…}, "weight": 1}}. Or
 * from Avro, where a record with fields of these names means the same.
 *
 * <p>Never throws, whatever the bytes, unless {@link WriterSchemas} does. Holds scratch memory: one
 * for each thread.
 */
public final class ImpressionDecoder {
  private static final String RIGHT_WEIGHT = "a number above 0 within the range of a float";

  private final RecordParser parser;
  private final EnvelopeReader envelope;
  private final FeatureValuesReader featureReader;

  /** A decoder of JSON that keeps the named features and skips the others. */
  public ImpressionDecoder(EventSettings settings, FeatureNames names) {
    this(settings, names, new JsonRecords(settings.maxBytes()));
  }

  /** A decoder of Avro that does the same. */
  public ImpressionDecoder(EventSettings settings, FeatureNames names, WriterSchemas schemas) {
    this(settings, names, new AvroRecords(settings.maxBytes(), schemas));
  }

  private ImpressionDecoder(EventSettings settings, FeatureNames names, RecordParser parser) {
    this.parser = parser;
    envelope = new EnvelopeReader(settings.maxAhead());
    featureReader = new FeatureValuesReader(names, settings.maxValues());
  }

  /**
   * Decodes a record's value.
   *
   * @param kafkaTimestamp the record's own timestamp, epoch milliseconds
   */
  public DecodeResult<Impression> decode(byte[] value, long kafkaTimestamp) {
    return parser.parse(value, record -> read(record, kafkaTimestamp));
  }

  private DecodeResult<Impression> read(Tokens record, long kafkaTimestamp)
      throws IOException, RejectedException {
    envelope.clear();
    FeatureValues features = null;
    Float weight = null;
    int ignored = 0;
    for (String key = record.nextFieldName(); key != null; key = record.nextFieldName()) {
      record.nextToken();
      switch (key) {
        case "impression_id" -> envelope.readId(record);
        case "timestamp" -> envelope.readTimestamp(record, kafkaTimestamp);
        case "features" -> features = readFeatures(record, features);
        case "weight" -> weight = readWeight(record, weight);
        default -> {
          ignored++;
          record.skipChildren();
        }
      }
    }
    if (features == null) {
      throw FieldErrors.missing("features", "an object");
    }
    Impression impression =
        new Impression(envelope.id(), envelope.timestamp(), weight == null ? 1 : weight, features);
    return new DecodeResult.Good<>(impression, ignored + featureReader.ignored());
  }

  private FeatureValues readFeatures(Tokens record, FeatureValues before)
      throws IOException, RejectedException {
    if (before != null) {
      throw FieldErrors.duplicate("features", record);
    }
    return featureReader.read(record);
  }

  private static Float readWeight(Tokens record, Float before)
      throws IOException, RejectedException {
    if (before != null) {
      throw FieldErrors.duplicate("weight", record);
    }
    if (!record.currentToken().isNumeric()) {
      throw FieldErrors.wrongType("weight", record, RIGHT_WEIGHT);
    }
    float weight = (float) record.getDoubleValue();
    if (!(weight > 0) || weight == Float.POSITIVE_INFINITY) {
      throw FieldErrors.rejected(
          BAD_VALUE, "weight", record, "is " + weight + "; expected " + RIGHT_WEIGHT);
    }
    return weight;
  }
}
