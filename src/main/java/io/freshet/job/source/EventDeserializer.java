package io.freshet.job.source;

import static java.util.Objects.requireNonNull;

import io.freshet.event.DecodeResult;
import io.freshet.event.EventVersion;
import io.freshet.event.Rejection;
import io.freshet.event.frame.RecordHeaders;
import io.freshet.event.parse.RecordParser;
import io.freshet.event.registry.SchemaLookup;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import io.freshet.job.source.SourceRecord.Names;
import io.freshet.job.source.SourceRecord.Tick;
import io.freshet.job.source.SourceRecord.Tombstone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Makes events of Kafka records, and dead letters of those that are none, except tombstones, which
 * are counted. Never throws on a record, but where the schema of one cannot be looked up.
 *
 * <p>Ahead of a record whose event time is further on than the partition's last tick by the given
 * step, or far behind one that a wrong clock made, goes a {@link Tick}. So the watermark of a
 * replay is always close ahead of the records, and a positive does not overtake the negatives that
 * were decided before it.
 *
 * @param <T> the type of the events
 */
public abstract class EventDeserializer<T>
    implements KafkaRecordDeserializationSchema<SourceRecord<T>> {
  private static final long serialVersionUID = 1L;

  private final long step;
  private transient long[] lastTicks; // by partition

  EventDeserializer(Duration step) {
    this.step = requireNonNull(step, "step").toMillis();
  }

  @Override
  public final void open(InitializationContext context) throws IOException {
    MetricGroup metrics = context.getMetricGroup();
    open(
        parser(
            schemas -> {
              metrics.gauge("schema_wait_millis", schemas::waitingMillis);
              metrics.gauge("schemas_found", schemas::found);
            }));
  }

  /** Opens where nobody reads metrics. */
  public final void open() throws IOException {
    open(parser(schemas -> {}));
  }

  abstract RecordParser parser(Consumer<SchemaLookup<?>> lookups) throws IOException;

  /** Makes the decoder, once, before the first record. */
  abstract void open(RecordParser parser);

  abstract DecodeResult<T> decode(byte[] value, RecordHeaders headers, long kafkaTimestamp);

  abstract long timestamp(T event);

  /** The event with what only its place says. */
  T placed(T event, int partition, long offset) {
    return event;
  }

  /** Texts of feature ids that the record decoded last was the first to hold. */
  Map<Long, String> freshNames() {
    return Map.of();
  }

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> record, Collector<SourceRecord<T>> collector)
      throws IOException {
    if (record.value() == null) {
      collector.collect(new Tombstone<>(record.partition(), record.offset()));
      return;
    }
    DecodeResult<T> outcome = read(record);
    if (outcome instanceof DecodeResult.Good<T> good) {
      T event = placed(good.value(), record.partition(), record.offset());
      long timestamp = timestamp(event);
      if (isTickDue(record.partition(), timestamp)) {
        collector.collect(new Tick<>(timestamp));
      }
      Map<Long, String> names = freshNames();
      if (!names.isEmpty()) {
        collector.collect(new Names<>(names));
      }
      collector.collect(
          new Good<>(event, timestamp, good.ignored(), record.partition(), record.offset()));
    } else if (outcome instanceof DecodeResult.Rejected<T> rejected) {
      collector.collect(new Dead<>(letter(record, rejected.rejection())));
    }
  }

  private DecodeResult<T> read(ConsumerRecord<byte[], byte[]> record) throws IOException {
    Header version = record.headers().lastHeader(EventVersion.HEADER);
    Optional<Rejection> refusal = EventVersion.refusal(version == null ? null : version.value());
    try {
      return refusal.isPresent()
          ? new DecodeResult.Rejected<>(refusal.get())
          : decode(record.value(), headers(record), record.timestamp());
    } catch (UncheckedIOException e) { // of the schemas
      throw new IOException(
          "%s-%s, offset %s: %s"
              .formatted(
                  record.topic(), record.partition(), record.offset(), e.getCause().getMessage()),
          e.getCause());
    }
  }

  private static RecordHeaders headers(ConsumerRecord<byte[], byte[]> record) {
    return name -> {
      Header header = record.headers().lastHeader(name);
      return header == null ? null : header.value();
    };
  }

  private boolean isTickDue(int partition, long timestamp) {
    if (lastTicks == null) {
      lastTicks = new long[0];
    }
    if (partition >= lastTicks.length) {
      int before = lastTicks.length;
      lastTicks = Arrays.copyOf(lastTicks, partition + 1);
      Arrays.fill(lastTicks, before, lastTicks.length, Long.MIN_VALUE);
    }
    long last = lastTicks[partition];
    boolean isNear = timestamp < last + step && timestamp > last - PartitionTime.LEAST_LEAP;
    if (last != Long.MIN_VALUE && isNear) {
      return false;
    }
    lastTicks[partition] = timestamp;
    return true;
  }

  private static DeadLetter letter(ConsumerRecord<byte[], byte[]> record, Rejection rejection) {
    return new DeadLetter(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        rejection,
        record.value());
  }
}
