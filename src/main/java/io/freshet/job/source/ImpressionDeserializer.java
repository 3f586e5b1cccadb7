package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.Impression;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.registry.RecordParsers;
import io.freshet.event.registry.SchemaLookup;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Impressions from Kafka, encoded at once: what waits in the join is ids, not the raw values. One
 * that decodes but does not fit the schema is a dead letter too.
 */
public final class ImpressionDeserializer extends EventDeserializer<EncodedImpression> {
  private static final long serialVersionUID = 1L;

  private final EventSettings settings;
  private final FeatureSchema schema;
  private final List<String> named;
  private transient ImpressionDecoder decoder;
  private transient ExampleEncoder encoder;
  private transient ValueNames names;
  private transient Map<Long, String> fresh;

  public ImpressionDeserializer(EventSettings settings, FeatureSchema schema, Duration step) {
    this(settings, schema, step, List.of());
  }

  /** Tells the texts of some fields' values, too. */
  public ImpressionDeserializer(
      EventSettings settings, FeatureSchema schema, Duration step, List<String> named) {
    super(step);
    this.named = List.copyOf(named);
    this.settings = requireNonNull(settings, "settings");
    this.schema = requireNonNull(schema, "schema");
  }

  @Override
  RecordParser parser(Consumer<SchemaLookup<?>> lookups) throws IOException {
    return RecordParsers.ofImpressions(settings, lookups);
  }

  @Override
  void open(RecordParser parser) {
    encoder = new ExampleEncoder(schema);
    decoder = new ImpressionDecoder(settings, encoder.names(), parser);
    names = new ValueNames(schema, named);
    fresh = Map.of();
  }

  @Override
  DecodeResult<EncodedImpression> decode(byte[] value, RecordHeaders headers, long kafkaTimestamp) {
    DecodeResult<Impression> decoded = decoder.decode(value, headers, kafkaTimestamp);
    if (decoded instanceof DecodeResult.Good<Impression> good) {
      DecodeResult<EncodedImpression> encoded = encoder.encode(good.value());
      if (encoded instanceof DecodeResult.Good<EncodedImpression> && !named.isEmpty()) {
        fresh = names.fresh(good.value().features());
      }
      return withIgnored(encoded, good.ignored());
    }
    return new DecodeResult.Rejected<>(((DecodeResult.Rejected<Impression>) decoded).rejection());
  }

  @Override
  Map<Long, String> freshNames() {
    return fresh;
  }

  @Override
  EncodedImpression placed(EncodedImpression impression, int partition, long offset) {
    return impression.id().isEmpty()
        ? impression.as(partition + "-" + offset, impression.timestamp())
        : impression;
  }

  @Override
  long timestamp(EncodedImpression impression) {
    return impression.timestamp();
  }

  @Override
  public TypeInformation<SourceRecord<EncodedImpression>> getProducedType() {
    return WireType.of(SourceRecord.class, EncodedImpression.class);
  }

  private static DecodeResult<EncodedImpression> withIgnored(
      DecodeResult<EncodedImpression> outcome, int ignored) {
    return outcome instanceof DecodeResult.Good<EncodedImpression> good
        ? new DecodeResult.Good<>(good.value(), ignored)
        : outcome;
  }
}
