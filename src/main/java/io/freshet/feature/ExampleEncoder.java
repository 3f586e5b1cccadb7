package io.freshet.feature;

import static io.freshet.event.Rejection.Kind.TOO_MANY_VALUES;

import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.event.RejectedException;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;

/**
 * Turns impressions into examples, for training and serving alike.
 *
 * <p>Fields without crosses are encoded first, into scratch; then the example is laid out in the
 * schema's order, crosses combining what the scratch holds. An impression that the schema cannot
 * hold (a string for a numeric field, a list for a categorical one) is rejected.
 *
 * <p>Holds scratch memory: one for each thread. Not serializable: operators build theirs from the
 * schema.
 */
public final class ExampleEncoder {
  /** Most feature occurrences of one example, by default. */
  public static final int MAX_OCCURRENCES = 4096;

  private final FeatureNames names;
  private final FieldEncoder[] plain; // by index, null where a cross is
  private final CrossField.Encoder[] crosses; // by index, null where none is
  private final int user;
  private final int maxOccurrences;
  private final Occurrences scratch;

  public ExampleEncoder(FeatureSchema schema) {
    this(schema, MAX_OCCURRENCES);
  }

  /**
   * An encoder that rejects examples of more occurrences than given, the bias included, in addition
   * to those of vectors.
   */
  public ExampleEncoder(FeatureSchema schema, int maxOccurrences) {
    this.maxOccurrences = maxOccurrences + schema.vectorValues();
    names = schema.rawNames();
    plain = new FieldEncoder[schema.size()];
    crosses = new CrossField.Encoder[schema.size()];
    for (int index = 0; index < schema.size(); index++) {
      Field field = schema.fields().get(index);
      if (field instanceof CrossField cross) {
        crosses[index] = new CrossField.Encoder(cross, schema);
      } else if (field instanceof ParallelField parallel) {
        plain[index] = parallel.encoder(schema, names);
      } else {
        plain[index] = field.encoder(names);
      }
    }
    user = names.indexOf(schema.userField());
    scratch = new Occurrences(schema.size());
  }

  /** The raw features that the fields read; feature values for this encoder have these names. */
  public FeatureNames names() {
    return names;
  }

  public DecodeResult<EncodedImpression> encode(Impression impression) {
    try {
      Example example = encodeOrThrow(impression.features(), impression.id());
      return new DecodeResult.Good<>(
          new EncodedImpression(
              impression.id(),
              impression.timestamp(),
              impression.weight(),
              impression.label(),
              example),
          0);
    } catch (RejectedException e) {
      return new DecodeResult.Rejected<>(e.rejection());
    }
  }

  /** Encodes features that belong to no impression, as serving does. */
  public DecodeResult<Example> encode(FeatureValues features) {
    try {
      return new DecodeResult.Good<>(encodeOrThrow(features, ""), 0);
    } catch (RejectedException e) {
      return new DecodeResult.Rejected<>(e.rejection());
    }
  }

  private Example encodeOrThrow(FeatureValues features, String impressionId)
      throws RejectedException {
    if (!features.names().equals(names)) {
      throw new IllegalArgumentException("the features were not read by the schema's names");
    }
    encodePlain(features);
    int size = countOccurrences();
    long[] fids = new long[size];
    float[] values = new float[size];
    fids[0] = Fids.BIAS;
    values[0] = 1;
    int at = 1;
    for (int index = 0; index < plain.length; index++) {
      at =
          crosses[index] == null
              ? scratch.copy(index, fids, values, at)
              : crosses[index].encode(scratch, fids, values, at);
    }
    return new Example(userOf(features, impressionId), fids, values);
  }

  private void encodePlain(FeatureValues features) throws RejectedException {
    scratch.clear();
    for (FieldEncoder encoder : plain) {
      scratch.beginField();
      if (encoder != null) {
        encoder.encode(features, scratch);
      }
    }
  }

  private int countOccurrences() throws RejectedException {
    long count = 1L + scratch.size();
    for (CrossField.Encoder cross : crosses) {
      count += cross == null ? 0 : cross.count(scratch);
    }
    if (count > maxOccurrences) {
      throw new RejectedException(
          TOO_MANY_VALUES,
          "features: make %s occurrences, crosses included; at most %s are allowed"
              .formatted(count, maxOccurrences));
    }
    return (int) count;
  }

  /** Each unknown user counts as a separate user, so that they do not share a partition. */
  private long userOf(FeatureValues features, String impressionId) {
    return features.count(user) == 0
        ? ValueHash.of(impressionId)
        : ValueHash.of(features, features.first(user));
  }
}
