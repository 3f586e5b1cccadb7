package io.freshet.job.topic;

import static java.util.Objects.requireNonNull;

import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;

/**
 * What a checkpoint holds of a topic.
 *
 * @param id that Kafka gave it when it was created; empty where it is not known
 * @param partitions as the connector knows them
 */
record KnownTopic(String name, String id, KafkaSourceEnumState partitions) {
  KnownTopic {
    requireNonNull(name, "name");
    requireNonNull(id, "id");
    requireNonNull(partitions, "partitions");
  }
}
