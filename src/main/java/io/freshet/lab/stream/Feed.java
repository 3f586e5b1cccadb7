package io.freshet.lab.stream;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Iterator;
import java.util.function.LongConsumer;

/** Sends a whole stream of records to Kafka. */
public final class Feed {
  private final KafkaEvents kafka;
  private final double perSecond;
  private final boolean live;

  /** Sends at most so many records a second; infinity for no limit. */
  public Feed(KafkaEvents kafka, double perSecond) {
    this(kafka, perSecond, false);
  }

  private Feed(KafkaEvents kafka, double perSecond, boolean live) {
    this.kafka = requireNonNull(kafka, "kafka");
    this.perSecond = perSecond;
    this.live = live;
  }

  /** A feed that sends no record before its event time. */
  public static Feed live(KafkaEvents kafka, double perSecond) {
    return new Feed(kafka, perSecond, true);
  }

  /** Sends the records, and returns their number when all are accepted. */
  public long run(Iterator<EventRecord> records, LongConsumer progress)
      throws IOException, InterruptedException {
    Pace pace = new Pace(perSecond);
    long sent = 0;
    while (records.hasNext()) {
      pace.await();
      EventRecord record = records.next();
      if (live) {
        awaitTime(record.time());
      }
      kafka.send(record);
      progress.accept(++sent);
    }
    kafka.flush();
    return sent;
  }

  private static void awaitTime(long time) throws InterruptedException {
    long ahead = time - System.currentTimeMillis();
    if (ahead > 0) {
      Thread.sleep(ahead);
    }
  }
}
