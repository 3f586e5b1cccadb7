package io.freshet.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads all partitions of a topic, each in its order.
 *
 * <p>Not thread-safe.
 */
public final class TopicReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaClients kafka;
  private final String topic;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Takes a record. */
  @FunctionalInterface
  public interface Sink {
    void record(ConsumerRecord<byte[], byte[]> record) throws IOException;
  }

  /**
   * A reader from the first record on.
   *
   * @throws IOException if Kafka does not answer or there is no such topic
   */
  public TopicReader(KafkaClients kafka, String topic) throws IOException, InterruptedException {
    this(kafka, topic, Long.MAX_VALUE);
  }

  /**
   * A reader of what is new.
   *
   * @param newest how many of the last records of each partition to begin with
   */
  public TopicReader(KafkaClients kafka, String topic, long newest)
      throws IOException, InterruptedException {
    this.kafka = kafka;
    this.topic = topic;
    consumer = kafka.consumer();
    try {
      checked(
          () -> {
            seek(newest);
            return null;
          });
    } catch (IOException | InterruptedException | RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private void seek(long newest) throws IOException {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new IOException("there is no topic %s at %s".formatted(topic, kafka.servers()));
    }
    consumer.assign(partitions);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    consumer
        .endOffsets(partitions)
        .forEach((p, end) -> consumer.seek(p, Math.max(begins.get(p), end - newest)));
  }

  /** The records that have come, after waiting for some if there are none. */
  public ConsumerRecords<byte[], byte[]> poll(Duration patience)
      throws IOException, InterruptedException {
    return checked(() -> consumer.poll(patience));
  }

  /** The next offset of each partition. */
  public Map<TopicPartition, Long> ends() throws IOException, InterruptedException {
    return checked(() -> consumer.endOffsets(consumer.assignment()));
  }

  /**
   * Hands on every record up to the present end of the topic.
   *
   * @throws IOException if nothing comes within the timeout, or a record is refused, with its place
   */
  public void readToEnd(Sink sink) throws IOException, InterruptedException {
    Map<TopicPartition, Long> ends = ends();
    long deadline = System.nanoTime() + kafka.timeout().toNanos();
    while (!isAt(ends)) {
      for (ConsumerRecord<byte[], byte[]> record : poll(POLL)) {
        deadline = System.nanoTime() + kafka.timeout().toNanos();
        hand(record, sink);
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "no record of topic %s from %s within %s s"
                .formatted(topic, kafka.servers(), kafka.timeout().toSeconds()));
      }
    }
  }

  /** All records up to the present end of the topic. */
  public List<ConsumerRecord<byte[], byte[]>> readToEnd() throws IOException, InterruptedException {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    readToEnd(records::add);
    return records;
  }

  private boolean isAt(Map<TopicPartition, Long> ends) throws IOException, InterruptedException {
    return checked(
        () ->
            ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue()));
  }

  private static void hand(ConsumerRecord<byte[], byte[]> record, Sink sink) throws IOException {
    try {
      sink.record(record);
    } catch (IOException e) {
      String place = "%s-%d, offset %d: %s";
      throw new IOException(
          place.formatted(record.topic(), record.partition(), record.offset(), e.getMessage()), e);
    }
  }

  private <T> T checked(KafkaErrors.Call<T> call) throws IOException, InterruptedException {
    return KafkaErrors.checked("topic " + topic, kafka, call);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
