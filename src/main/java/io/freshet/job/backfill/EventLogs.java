package io.freshet.job.backfill;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where events lie that were recorded. */
interface EventLogs extends Serializable {

  /** Those of a topic, each in the order in which it was written; the same each time. */
  List<Log> of(String topic) throws IOException;

  /** Events one after the other. Not thread-safe. */
  interface Log extends Closeable {

    /** The next; empty at the end. */
    Optional<ConsumerRecord<byte[], byte[]>> next() throws IOException;
  }
}
