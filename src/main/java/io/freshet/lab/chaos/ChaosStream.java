package io.freshet.lab.chaos;

import io.freshet.config.LearnerConfig;
import io.freshet.kafka.KafkaClients;
import io.freshet.lab.chaos.fault.ChaosSettings;
import io.freshet.lab.chaos.fault.ProducerClocks;
import io.freshet.lab.simulate.AdStream;
import io.freshet.lab.simulate.SimulatorSettings;
import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import io.freshet.lab.simulate.SimulatorSettings.Truth;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.Feed;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.lab.stream.KafkaEvents.Timestamps;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The simulated stream of a run, sent by its own thread until it is ended, with more late, repeated
 * and bad records than in reality.
 *
 * <p>An absent broker delays it and loses nothing.
 */
final class ChaosStream implements AutoCloseable {
  private static final double PER_EVENT_SECOND = 4;
  private static final String TEN_MINUTES = "600000";
  private static final long ENDLESS = 100_000_000;

  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final long start = System.nanoTime();
  private final KafkaEvents events;
  private final Future<Long> feed;
  private volatile boolean ending;

  ChaosStream(ChaosSettings settings, LearnerConfig config, ProducerClocks clocks)
      throws IOException {
    Map<String, String> patience =
        Map.of("delivery.timeout.ms", TEN_MINUTES, "max.block.ms", TEN_MINUTES);
    KafkaClients kafka = new KafkaClients(config.kafka().bootstrapServers(), patience);
    var topics = config.kafka().topics();
    events =
        new KafkaEvents(kafka, topics.impressions(), topics.clicks(), Timestamps.EVENT, clocks);
    Iterator<EventRecord> records = new AdStream(stream(settings.seed(), config));
    feed = executor.submit(() -> new Feed(events, settings.rate()).run(until(records), n -> {}));
  }

  private static SimulatorSettings stream(long seed, LearnerConfig config) {
    Disorder disorder =
        new Disorder(
            Duration.ofSeconds(20),
            config.join().window(),
            0.02,
            0.1,
            config.join().outOfOrderness(),
            0.02,
            0.005);
    Instant start = Instant.now().minus(Duration.ofDays(30));
    return new SimulatorSettings(seed, start, ENDLESS, PER_EVENT_SECOND, Truth.DEFAULT, disorder);
  }

  private Iterator<EventRecord> until(Iterator<EventRecord> records) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !ending && records.hasNext();
      }

      @Override
      public EventRecord next() {
        return records.next();
      }
    };
  }

  /** Ends it after this length; returns how many records Kafka has accepted. */
  long finish(Duration length) throws Exception {
    long left = start + length.toNanos() - System.nanoTime();
    try {
      return left > 0 ? feed.get(left, TimeUnit.NANOSECONDS) : end();
    } catch (java.util.concurrent.TimeoutException e) {
      return end();
    }
  }

  private long end() throws Exception {
    ending = true;
    return feed.get();
  }

  @Override
  public void close() {
    ending = true;
    executor.shutdownNow();
    events.close(Duration.ZERO);
  }
}
