package io.freshet.serve.impressions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.event.EventVersion;
import io.freshet.kafka.KafkaClients;
import io.freshet.serve.predict.ModelService;
import io.freshet.serve.predict.Scored;
import io.freshet.serve.predict.ServeMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the impressions of what was scored to a topic of Kafka: those instances that carry an
 * impression id. On a thread of its own, which may wait for the broker; at most {@value #MOST}
 * instances wait for it, and what comes beyond is dropped and counted. Each that is taken is
 * written at least once, with its id as the key, or counted as failed.
 */
public final class ImpressionLog implements Scored.Sink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImpressionLog.class);
  static final int MOST = 10_000;
  private static final Duration LONGEST_END = Duration.ofSeconds(10);
  private static final Map<String, Object> SETTINGS =
      Map.of(
          ProducerConfig.ACKS_CONFIG, "all",
          ProducerConfig.LINGER_MS_CONFIG, 20,
          ProducerConfig.MAX_BLOCK_MS_CONFIG, 5000,
          ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
          ProducerConfig.CLIENT_ID_CONFIG, "freshet-serve");

  private final String topic;
  private final Producer<byte[], byte[]> producer;
  private final Semaphore room = new Semaphore(MOST);
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> daemon(task));

  /**
   * A log to a topic.
   *
   * @throws IOException where no client can be made with these properties
   */
  public ImpressionLog(KafkaClients kafka, String topic) throws IOException {
    this(kafka.producer(SETTINGS), topic);
  }

  ImpressionLog(Producer<byte[], byte[]> producer, String topic) {
    this.producer = producer;
    this.topic = topic;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "impression-log");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void scored(Scored scored) {
    Scored shown = scored.shown(); // candidates would hold memory that nobody counts
    int size = shown.scores().length;
    if (size == 0) {
      return;
    }
    if (!room.tryAcquire(size)) {
      dropped.addAndGet(size);
      return;
    }
    try {
      thread.execute(() -> write(shown));
    } catch (RejectedExecutionException e) { // the log is closed
      room.release(size);
      dropped.addAndGet(size);
    }
  }

  private void write(Scored shown) {
    for (int i = 0; i < shown.scores().length; i++) {
      try {
        byte[] id = shown.rows().id(i).orElseThrow().getBytes(UTF_8);
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(topic, id, ImpressionJson.of(shown, i));
        record.headers().add(EventVersion.HEADER, EventVersion.current());
        producer.send(record, (place, failure) -> sent(failure));
      } catch (RuntimeException e) { // no broker for as long as the client waits
        sent(e);
      }
    }
  }

  private void sent(Exception failure) {
    room.release();
    if (failure == null) {
      written.incrementAndGet();
    } else if (failed.getAndIncrement() == 0) {
      LOG.warn("impressions cannot be written to topic {}: {}", topic, failure.getMessage());
    }
  }

  long written() {
    return written.get();
  }

  long dropped() {
    return dropped.get();
  }

  long failed() {
    return failed.get();
  }

  /** Takes what a server answers from now on, and shows its counts there. */
  public void follow(ModelService service) {
    ServeMetrics metrics = service.metrics();
    metrics.show("freshet_impressions_written_total", "Impressions that Kafka has.", this::written);
    metrics.show(
        "freshet_impressions_dropped_total",
        "Impressions that there was no room for.",
        this::dropped);
    metrics.show(
        "freshet_impressions_failed_total",
        "Impressions that Kafka did not take in time.",
        this::failed);
    service.writeTo(this);
  }

  /** Writes what waits, for a while. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("impressions that still waited were not written");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(LONGEST_END);
  }
}
