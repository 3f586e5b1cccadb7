package io.freshet.event.decode;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;

import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.event.RejectedException;
import io.freshet.event.avro.WriterSchemas;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.Tokens;
import java.io.IOException;
import java.util.Optional;

/**
 * Decodes impressions, as {@code schemas/impression.schema.json} describes them: {@code
 * {"impression_id": "…", "timestamp": <epoch ms>, "features": {…}, "weight": 1}}.
 */
public final class ImpressionDecoder extends EventDecoder<Impression> {
  private static final String RIGHT_WEIGHT = "a number above 0 within the range of a float";

  private final FeaturesDecoder featuresDecoder;
  private FeatureValues features;
  private float weight; // 0 where there is none

  /** A decoder of JSON that keeps the named features and skips the others. */
  public ImpressionDecoder(EventSettings settings, FeatureNames names) {
    this(settings, names, Optional.empty());
  }

  /** A decoder of Avro that does the same. */
  public ImpressionDecoder(EventSettings settings, FeatureNames names, WriterSchemas schemas) {
    this(settings, names, Optional.of(schemas));
  }

  private ImpressionDecoder(
      EventSettings settings, FeatureNames names, Optional<WriterSchemas> avro) {
    super(settings, avro);
    featuresDecoder = new FeaturesDecoder(names, settings.maxValues());
  }

  @Override
  void clear() {
    features = null;
    weight = 0;
  }

  @Override
  boolean readKey(String key, Tokens record) throws IOException, RejectedException {
    if (key.equals("features")) {
      checkFirst("features", record, features);
      features = featuresDecoder.read(record);
      ignored += featuresDecoder.ignored();
    } else if (key.equals("weight")) {
      readWeight(record);
    } else {
      return false;
    }
    return true;
  }

  @Override
  Impression event() throws RejectedException {
    if (features == null) {
      throw FieldErrors.missing("features", "an object");
    }
    return new Impression(id(), timestamp(), weight == 0 ? 1 : weight, features);
  }

  private void readWeight(Tokens record) throws IOException, RejectedException {
    if (weight != 0) {
      throw FieldErrors.duplicate("weight", record);
    }
    if (!record.currentToken().isNumeric()) {
      throw FieldErrors.wrongType("weight", record, RIGHT_WEIGHT);
    }
    float read = (float) record.getDoubleValue();
    if (!(read > 0) || read == Float.POSITIVE_INFINITY) {
      throw FieldErrors.rejected(
          BAD_VALUE, "weight", record, "is " + read + "; expected " + RIGHT_WEIGHT);
    }
    weight = read;
  }
}
