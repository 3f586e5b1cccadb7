package io.freshet.lab.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.freshet.event.EventVersion;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.KafkaErrors;
import io.freshet.lab.stream.EventRecord.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Sends events to their topics, compressed, in batches; those of one key stay in order.
 *
 * <p>One request is in flight at a time. A broker that does not know the producer, of a new topic
 * or after a crash, accepts any request as the first, and then always refuses what should have come
 * before it ({@code OUT_OF_ORDER_SEQUENCE_NUMBER}).
 *
 * <p>Sending is asynchronous: a failure shows at a later {@link #send} or at {@link #flush}, and
 * only a flush confirms. Not thread-safe.
 */
public final class KafkaEvents implements AutoCloseable {

  /** What becomes of a record's Kafka timestamp. */
  public enum Timestamps {
    /** The event time, so that a replay is judged as the stream was. */
    EVENT,
    /** The time of sending. */
    ARRIVAL
  }

  private static final Map<String, Object> SETTINGS =
      Map.of(
          ProducerConfig.COMPRESSION_TYPE_CONFIG,
          "lz4",
          ProducerConfig.LINGER_MS_CONFIG,
          20,
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
          1,
          ProducerConfig.BATCH_SIZE_CONFIG,
          128 << 10);

  private final Producer<byte[], byte[]> producer;
  private final Map<Topic, String> topics;
  private final Timestamps timestamps;
  private final UnaryOperator<EventRecord> form;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  public KafkaEvents(KafkaClients kafka, String impressions, String clicks, Timestamps timestamps)
      throws IOException {
    this(kafka, impressions, clicks, timestamps, UnaryOperator.identity());
  }

  /** Events that {@code form} converts before they are sent. */
  public KafkaEvents(
      KafkaClients kafka,
      String impressions,
      String clicks,
      Timestamps timestamps,
      UnaryOperator<EventRecord> form)
      throws IOException {
    this.form = requireNonNull(form, "form");
    this.topics = Map.of(Topic.IMPRESSIONS, impressions, Topic.CLICKS, clicks);
    this.timestamps = requireNonNull(timestamps, "timestamps");
    producer = kafka.producer(SETTINGS);
  }

  /**
   * Sends a record; waits while too many are in flight.
   *
   * @throws IOException if this record or an earlier one was not accepted
   */
  public void send(EventRecord event) throws IOException, InterruptedException {
    check();
    EventRecord record = form.apply(event);
    Long timestamp = timestamps == Timestamps.EVENT ? record.time() : null;
    String topic = topics.get(record.topic());
    try {
      byte[] key = record.key().map(text -> text.getBytes(UTF_8)).orElse(null);
      var sending = new ProducerRecord<>(topic, null, timestamp, key, record.value());
      sending.headers().add(EventVersion.HEADER, EventVersion.current());
      producer.send(
          sending,
          (sent, problem) -> {
            if (problem != null) {
              failure.compareAndSet(null, problem);
            }
          });
    } catch (InterruptException e) {
      throw KafkaErrors.interrupted(e);
    } catch (KafkaException e) {
      throw new IOException("topic " + topic + ": " + e.getMessage(), e);
    }
  }

  public void flush() throws IOException, InterruptedException {
    try {
      producer.flush();
    } catch (InterruptException e) {
      throw KafkaErrors.interrupted(e);
    }
    check();
  }

  @Override
  public void close() {
    producer.close();
  }

  /** Closes the connection, giving up what is not sent in time. */
  public void close(Duration patience) {
    producer.close(patience);
  }

  private void check() throws IOException {
    Exception problem = failure.get();
    if (problem != null) {
      throw new IOException("Kafka refused a record: " + problem.getMessage(), problem);
    }
  }
}
