package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.job.source.EventDeserializer;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The good events of a log, one after the other. Not thread-safe.
 *
 * @param <T> the type of the events
 */
final class EventLog<T> implements Closeable {
  private final EventLogs.Log log;
  private final EventDeserializer<T> decoder;
  private Optional<Good<T>> head = Optional.empty();
  private long bad;

  EventLog(EventLogs.Log log, EventDeserializer<T> decoder) throws IOException {
    this.log = requireNonNull(log, "log");
    this.decoder = requireNonNull(decoder, "decoder");
    decoder.open();
    advance();
  }

  /** The next event; empty at the end. */
  Optional<Good<T>> head() {
    return head;
  }

  /** Its time, epoch milliseconds. */
  long time() {
    return head.orElseThrow().timestamp();
  }

  /** Records so far that were no events. */
  long bad() {
    return bad;
  }

  /** Goes on to the next event. */
  void advance() throws IOException {
    head = Optional.empty();
    Optional<ConsumerRecord<byte[], byte[]>> record = log.next();
    while (record.isPresent()) {
      decoder.deserialize(record.get(), new Taken());
      if (head.isPresent()) {
        return;
      }
      record = log.next();
    }
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  /** Closes them all. */
  static void close(List<? extends Closeable> logs) throws IOException {
    for (Closeable log : logs) {
      log.close();
    }
  }

  private final class Taken implements Collector<SourceRecord<T>> {
    @Override
    public void collect(SourceRecord<T> record) {
      if (record instanceof Good<T> good) {
        head = Optional.of(good);
      } else if (record instanceof Dead<T>) {
        bad++;
      }
    }

    @Override
    public void close() {}
  }
}
