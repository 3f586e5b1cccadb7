package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.event.DecodeResult;
import io.freshet.event.EventSettings;
import io.freshet.event.decode.ClickDecoder;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.registry.RecordParsers;
import io.freshet.event.registry.SchemaLookup;
import io.freshet.join.Action;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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
    super(step);
    this.settings = requireNonNull(settings, "settings");
    this.action =
        actions.size() > 1 ? null : actions.isEmpty() ? Click.CLICK : actions.get(0).name();
  }

  @Override
  RecordParser parser(Consumer<SchemaLookup<?>> lookups) throws IOException {
    return RecordParsers.ofActions(settings, lookups);
  }

  @Override
  void open(RecordParser parser) {
    decoder = new ClickDecoder(settings, Optional.ofNullable(action), parser);
  }

  @Override
  DecodeResult<Click> decode(byte[] value, RecordHeaders headers, long kafkaTimestamp) {
    return decoder.decode(value, headers, kafkaTimestamp);
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
