package io.freshet.job.backfill;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where recorded events are stored. */
interface EventLogs extends Serializable {

  /** The logs of a topic, each in the order in which it was written; the same each time. */
  List<Log> of(String topic) throws IOException;

  /** A file or a partition. */
  interface Log {

    /** Reads on from a place that {@link Records#place} returned; 0 for the beginning. */
    Records open(long place) throws IOException;
  }

  /** The records of a log one after the other. Not thread-safe. */
  interface Records extends Closeable {

    /** The next record; empty at the end. */
    Optional<ConsumerRecord<byte[], byte[]>> next() throws IOException;

    /** Where the next record is. */
    long place();
  }
}
