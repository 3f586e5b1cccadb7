package io.freshet.job.topic;

import static java.util.Objects.requireNonNull;

import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicAdmin;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;

/**
 * The ends of a bounded topic for a reader of what is committed. The connector takes the last
 * offsets for them, of which those behind an open transaction are not read until it ends, and it
 * may stay open for as long as its producer likes. A partition ends ahead of it; where it ended
 * once, as its split says from then on, it ends after a failure too.
 */
final class CommittedEnds {
  private final KafkaClients kafka;
  private final String topic;

  CommittedEnds(KafkaClients kafka, String topic) {
    this.kafka = requireNonNull(kafka, "kafka");
    this.topic = requireNonNull(topic, "topic");
  }

  /** Partitions of the topic with these ends, none of them later than before. */
  List<KafkaPartitionSplit> of(List<KafkaPartitionSplit> splits) {
    if (splits.isEmpty()) {
      return splits;
    }
    Map<TopicPartition, Long> waiting = waiting();
    return splits.stream().map(split -> ending(split, waiting)).toList();
  }

  private Map<TopicPartition, Long> waiting() {
    try (TopicAdmin admin = kafka.topicAdmin()) {
      return admin.waiting(topic);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(
          new InterruptedIOException("interrupted while asking for the ends of topic " + topic));
    }
  }

  private static KafkaPartitionSplit ending(
      KafkaPartitionSplit split, Map<TopicPartition, Long> waiting) {
    Optional<Long> end = split.getStoppingOffset();
    Long stable = waiting.get(split.getTopicPartition());
    return end.isPresent() && stable != null && stable < end.get()
        ? new KafkaPartitionSplit(split.getTopicPartition(), split.getStartingOffset(), stable)
        : split;
  }
}
