package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.job.source.EventDeserializer;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRecord.Dead;
import io.freshet.job.source.SourceRecord.Good;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of a log one after the other. Not thread-safe.
 *
 * <p>Left out, counted and logged at the end: records that are no events, and an event that is
 * further ahead of the next one in its log than labels take to be decided. By a wrong clock of one
 * record, the rest of its log would wait until then, and be late.
 *
 * @param <T> the type of the events
 */
final class EventLog<T> implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

  private final EventLogs.Records records;
  private final EventDeserializer<T> decoder;
  private final Function<T, Recorded> kind;
  private final long mostAhead;
  private Optional<Recorded> head = Optional.empty();
  private long place; // of the head
  private Optional<Recorded> next = Optional.empty();
  private long nextPlace;
  private long leftOut;
  private String reason = ""; // of the first that was left out

  /**
   * @param mostAhead of the next event in the log, in milliseconds
   */
  EventLog(
      EventLogs.Records records,
      EventDeserializer<T> decoder,
      Function<T, Recorded> kind,
      long mostAhead)
      throws IOException {
    this.records = requireNonNull(records, "records");
    this.decoder = requireNonNull(decoder, "decoder");
    this.kind = requireNonNull(kind, "kind");
    this.mostAhead = mostAhead;
    try {
      decoder.open();
      read();
      advance();
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
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
    boolean isOutOfPlace;
    do {
      head = next;
      place = nextPlace;
      if (head.isPresent()) {
        read();
      }
      isOutOfPlace = next.isPresent() && time() - next.get().time() > mostAhead;
      if (isOutOfPlace) {
        leaveOut(
            "event of %s, before one of %s"
                .formatted(Instant.ofEpochMilli(time()), Instant.ofEpochMilli(next.get().time())));
      }
    } while (isOutOfPlace);
  }

  /** Reads on to the event after the head. */
  private void read() throws IOException {
    next = Optional.empty();
    while (next.isEmpty()) {
      nextPlace = records.place();
      Optional<ConsumerRecord<byte[], byte[]>> record = records.next();
      if (record.isEmpty()) {
        return;
      }
      decoder.deserialize(record.get(), new Taken());
    }
  }

  private void leaveOut(String why) {
    reason = leftOut == 0 ? why : reason;
    leftOut++;
  }

  /** Records so far that are not among the events. */
  long leftOut() {
    return leftOut;
  }

  @Override
  public void close() throws IOException {
    if (leftOut > 0) {
      LOG.warn("{} records of {} are left out; the first: {}", leftOut, records, reason);
    }
    records.close();
  }

  private final class Taken implements Collector<SourceRecord<T>> {
    @Override
    public void collect(SourceRecord<T> record) {
      if (record instanceof Good<T> good) {
        next = Optional.of(kind.apply(good.value()));
      } else if (record instanceof Dead<T> dead) {
        leaveOut("offset %s: %s".formatted(nextPlace, dead.letter().rejection().reason()));
      }
    }

    @Override
    public void close() {}
  }
}
