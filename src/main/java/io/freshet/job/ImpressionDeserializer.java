package io.freshet.job;

import static java.util.Objects.requireNonNull;

import io.freshet.event.EventSettings;
import io.freshet.event.Impression;
import io.freshet.event.ImpressionDecoder;
import io.freshet.event.Outcome;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import java.time.Duration;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Impressions from Kafka, encoded at once: what waits in the join is ids, not the raw values. One
 * that decodes but does not fit the schema is a dead letter too.
 */
final class ImpressionDeserializer extends EventDeserializer<EncodedImpression> {
  private static final long serialVersionUID = 1L;

  private final EventSettings settings;
  private final FeatureSchema schema;
  private transient ImpressionDecoder decoder;
  private transient ExampleEncoder encoder;

  ImpressionDeserializer(EventSettings settings, FeatureSchema schema, Duration step) {
    super(step);
    this.settings = requireNonNull(settings, "settings");
    this.schema = requireNonNull(schema, "schema");
  }

  @Override
  public void open(InitializationContext context) {
    encoder = new ExampleEncoder(schema);
    decoder = new ImpressionDecoder(settings, encoder.names());
  }

  @Override
  Outcome<EncodedImpression> decode(byte[] value, long kafkaTimestamp) {
    Outcome<Impression> decoded = decoder.decode(value, kafkaTimestamp);
    if (decoded instanceof Outcome.Good<Impression> good) {
      return withIgnored(encoder.encode(good.value()), good.ignored());
    }
    return new Outcome.Rejected<>(((Outcome.Rejected<Impression>) decoded).rejection());
  }

  @Override
  long timestamp(EncodedImpression impression) {
    return impression.timestamp();
  }

  @Override
  public TypeInformation<SourceRecord<EncodedImpression>> getProducedType() {
    return SourceRecordCodec.IMPRESSIONS;
  }

  private static Outcome<EncodedImpression> withIgnored(
      Outcome<EncodedImpression> outcome, int ignored) {
    return outcome instanceof Outcome.Good<EncodedImpression> good
        ? new Outcome.Good<>(good.value(), ignored)
        : outcome;
  }
}
