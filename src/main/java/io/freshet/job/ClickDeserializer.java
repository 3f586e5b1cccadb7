package io.freshet.job;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.event.ClickDecoder;
import io.freshet.event.EventSettings;
import io.freshet.event.Outcome;
import java.time.Duration;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Clicks from Kafka. */
final class ClickDeserializer extends EventDeserializer<Click> {
  private static final long serialVersionUID = 1L;

  private final EventSettings settings;
  private transient ClickDecoder decoder;

  ClickDeserializer(EventSettings settings, Duration step) {
    super(step);
    this.settings = requireNonNull(settings, "settings");
  }

  @Override
  public void open(InitializationContext context) {
    decoder = new ClickDecoder(settings);
  }

  @Override
  Outcome<Click> decode(byte[] value, long kafkaTimestamp) {
    return decoder.decode(value, kafkaTimestamp);
  }

  @Override
  long timestamp(Click click) {
    return click.timestamp();
  }

  @Override
  public TypeInformation<SourceRecord<Click>> getProducedType() {
    return SourceRecordCodec.CLICKS;
  }
}
