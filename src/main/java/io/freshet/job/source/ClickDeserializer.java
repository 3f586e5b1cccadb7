package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.avro.WriterSchemas;
import io.freshet.event.decode.ClickDecoder;
import io.freshet.join.Action;
import io.freshet.wire.WireType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Clicks, and other actions, from Kafka. */
public final class ClickDeserializer extends EventDeserializer<Click> {
  private static final long serialVersionUID = 1L;

  private final EventSettings settings;
  private final String action; // null where each record names its own
  private transient ClickDecoder decoder;

  /**
   * @param actions that the topic holds; clicks where none is given
   */
  public ClickDeserializer(EventSettings settings, List<Action> actions, Duration step) {
    super(step, settings.actions(), settings.schemas());
    this.settings = requireNonNull(settings, "settings");
    this.action =
        actions.size() > 1 ? null : actions.isEmpty() ? Click.CLICK : actions.get(0).name();
  }

  @Override
  public void open(Optional<WriterSchemas> schemas) {
    Optional<String> otherwise = Optional.ofNullable(action);
    decoder =
        schemas
            .map(avro -> new ClickDecoder(settings, otherwise, avro))
            .orElseGet(() -> new ClickDecoder(settings, otherwise));
  }

  @Override
  DecodeResult<Click> decode(byte[] value, long kafkaTimestamp) {
    return decoder.decode(value, kafkaTimestamp);
  }

  @Override
  long timestamp(Click click) {
    return click.timestamp();
  }

  @Override
  public TypeInformation<SourceRecord<Click>> getProducedType() {
    return WireType.of(SourceRecord.class, Click.class);
  }
}
