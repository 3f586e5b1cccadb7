package io.freshet.lab.stream;

import static java.util.Objects.requireNonNull;

import io.freshet.event.EventVersion;
import io.freshet.lab.stream.EventRecord.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends events to their topics, compressed, in batches; those of one key stay in order.
 *
 * <p>One request is on its way at a time. A broker that does not know the producer, of a new topic
 * or after a crash, takes any request as its first, and then refuses for ever what should have come
 * before it ({@code OUT_OF_ORDER_SEQUENCE_NUMBER}).
 *
 * <p>Sending is asynchronous: a failure shows at a later {@link #send} or at {@link #flush}, and
 * nothing counts as sent before a flush. Not thread-safe.
 */
public final class KafkaEvents implements AutoCloseable {

  /** What becomes of a record's Kafka timestamp. */
  public enum Timestamps {
    /** It is the event time, so that a replay is judged as the stream was. */
    EVENT,
    /** It is the time of sending. */
    ARRIVAL
  }

  private final Producer<String, byte[]> producer;
  private final Map<Topic, String> topics;
  private final Timestamps timestamps;
  private final UnaryOperator<EventRecord> form;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /**
   * @param client Kafka client properties, the bootstrap servers among them; they win over the
   *     settings made here
   */
  public KafkaEvents(
      Map<String, Object> client, String impressions, String clicks, Timestamps timestamps) {
    this(client, impressions, clicks, timestamps, UnaryOperator.identity());
  }

  /**
   * Events that are turned into another format on their way.
   *
   * @param form what is sent in place of a record
   */
  public KafkaEvents(
      Map<String, Object> client,
      String impressions,
      String clicks,
      Timestamps timestamps,
      UnaryOperator<EventRecord> form) {
    this.form = requireNonNull(form, "form");
    this.topics = Map.of(Topic.IMPRESSIONS, impressions, Topic.CLICKS, clicks);
    this.timestamps = requireNonNull(timestamps, "timestamps");
    producer =
        new KafkaProducer<>(settings(client), new StringSerializer(), new ByteArraySerializer());
  }

  /**
   * Hands the record over for sending; waits while too many are on their way.
   *
   * @throws IOException if this record or an earlier one was not accepted
   */
  public void send(EventRecord event) throws IOException, InterruptedException {
    check();
    EventRecord record = form.apply(event);
    Long timestamp = timestamps == Timestamps.EVENT ? record.time() : null;
    String topic = topics.get(record.topic());
    try {
      ProducerRecord<String, byte[]> sending =
          new ProducerRecord<>(topic, null, timestamp, record.key().orElse(null), record.value());
      sending.headers().add(EventVersion.HEADER, EventVersion.current());
      producer.send(
          sending,
          (sent, problem) -> {
            if (problem != null) {
              failure.compareAndSet(null, problem);
            }
          });
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      throw new IOException("topic " + topic + ": " + e.getMessage(), e);
    }
  }

  /** Waits until all that was handed over has been accepted. */
  public void flush() throws IOException, InterruptedException {
    try {
      producer.flush();
    } catch (InterruptException e) {
      throw interrupted(e);
    }
    check();
  }

  /** Closes the connection after sending what is on its way. */
  @Override
  public void close() {
    producer.close();
  }

  /** Closes the connection, giving up what has not been sent within the time. */
  public void close(Duration patience) {
    producer.close(patience);
  }

  private void check() throws IOException {
    Exception problem = failure.get();
    if (problem != null) {
      throw new IOException("Kafka refused a record: " + problem.getMessage(), problem);
    }
  }

  /** The client has set the thread's flag again, which the exception now stands for. */
  private static InterruptedException interrupted(InterruptException e) {
    Thread.interrupted();
    InterruptedException interrupted = new InterruptedException("while sending to Kafka");
    interrupted.initCause(e);
    return interrupted;
  }

  private static Map<String, Object> settings(Map<String, Object> client) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
    settings.putAll(client);
    return settings;
  }
}
