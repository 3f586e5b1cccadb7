package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.job.source.EventDeserializer;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRecord.Good;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The events of a log one after the other, without records that are no events. Not thread-safe.
 *
 * @param <T> the type of the events
 */
final class EventLog<T> implements Closeable {
  private final EventLogs.Records records;
  private final EventDeserializer<T> decoder;
  private final Function<T, Recorded> kind;
  private Optional<Recorded> head = Optional.empty();
  private long place; // of the head

  EventLog(EventLogs.Records records, EventDeserializer<T> decoder, Function<T, Recorded> kind)
      throws IOException {
    this.records = requireNonNull(records, "records");
    this.decoder = requireNonNull(decoder, "decoder");
    this.kind = requireNonNull(kind, "kind");
    decoder.open();
    advance();
  }

  /** The next event; empty at the end. */
  Optional<Recorded> head() {
    return head;
  }

  /** Its time, epoch milliseconds. */
  long time() {
    return head.orElseThrow().time();
  }

  /** Where it is. */
  long place() {
    return place;
  }

  /** Goes on to the next event. */
  void advance() throws IOException {
    head = Optional.empty();
    while (head.isEmpty()) {
      place = records.place();
      Optional<ConsumerRecord<byte[], byte[]>> record = records.next();
      if (record.isEmpty()) {
        return;
      }
      decoder.deserialize(record.get(), new Taken());
    }
  }

  @Override
  public void close() throws IOException {
    records.close();
  }

  private final class Taken implements Collector<SourceRecord<T>> {
    @Override
    public void collect(SourceRecord<T> record) {
      if (record instanceof Good<T> good) {
        head = Optional.of(kind.apply(good.value()));
      }
    }

    @Override
    public void close() {}
  }
}
