package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Events in Kafka's topics: those from the first of a time on to the first of another, by the
 * records' own timestamps; a log for each partition.
 *
 * @param from epoch milliseconds
 * @param to epoch milliseconds: a time whose records have all come, or another reading would find
 *     more
 */
record EventRange(KafkaClients kafka, long from, long to) implements EventLogs {
  private static final long serialVersionUID = 1L;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(200);

  @Override
  public String toString() {
    return "the topics' records from %s to %s"
        .formatted(Instant.ofEpochMilli(from), Instant.ofEpochMilli(to));
  }

  @Override
  public List<Log> of(String topic) throws IOException {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic, PATIENCE).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .sorted(Comparator.comparingInt(TopicPartition::partition))
              .toList();
      Map<TopicPartition, Long> starts = offsets(consumer, partitions, from);
      Map<TopicPartition, Long> ends = offsets(consumer, partitions, to);
      return partitions.stream()
          .<Log>map(
              partition ->
                  place ->
                      new Part(
                          partition, Math.max(place, starts.get(partition)), ends.get(partition)))
          .toList();
    } catch (KafkaException e) {
      throw new IOException("cannot read topic %s: %s".formatted(topic, e.getMessage()), e);
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() throws IOException {
    // otherwise records that have been deleted would be left out silently
    return kafka.within(PATIENCE).consumer(Map.of("auto.offset.reset", "none"));
  }

  /** The first offset of the time or after it; the end where there is none. */
  private static Map<TopicPartition, Long> offsets(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions, long time) {
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, Math.max(0, time)));
    Map<TopicPartition, Long> offsets = new HashMap<>(consumer.endOffsets(partitions, PATIENCE));
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times, PATIENCE);
    found.forEach(
        (partition, first) -> {
          if (first != null) {
            offsets.put(partition, first.offset());
          }
        });
    return offsets;
  }

  /** A partition's records from an offset to another. */
  private final class Part implements Records {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final long end;
    private final Queue<ConsumerRecord<byte[], byte[]>> polled = new ArrayDeque<>();
    private long place;

    Part(TopicPartition partition, long start, long end) throws IOException {
      this.partition = requireNonNull(partition, "partition");
      this.end = end;
      place = start;
      consumer = consumer();
      try {
        consumer.assign(List.of(partition));
        consumer.seek(partition, start);
      } catch (RuntimeException e) {
        consumer.close();
        throw e;
      }
    }

    @Override
    public Optional<ConsumerRecord<byte[], byte[]>> next() throws IOException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      try {
        while (polled.isEmpty() && consumer.position(partition) < end) {
          if (System.nanoTime() > deadline) {
            throw new IOException(
                "no record of %s from offset %s on within %s; its range ends at %s"
                    .formatted(partition, consumer.position(partition), PATIENCE, end));
          }
          consumer.poll(POLL).records(partition).stream()
              .filter(record -> record.offset() < end)
              .forEach(polled::add);
        }
      } catch (KafkaException e) {
        throw new IOException("cannot read %s: %s".formatted(partition, e.getMessage()), e);
      }
      Optional<ConsumerRecord<byte[], byte[]>> next = Optional.ofNullable(polled.poll());
      place = next.map(record -> record.offset() + 1).orElse(end);
      return next;
    }

    @Override
    public long place() {
      return place;
    }

    @Override
    public String toString() {
      return partition.toString();
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
