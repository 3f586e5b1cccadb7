package io.freshet.job.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.util.List;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class KnownTopicSerializerTest {
  private static final KafkaPartitionSplit SPLIT =
      new KafkaPartitionSplit(new TopicPartition("clicks", 3), 17);
  private static final KafkaSourceEnumState PARTITIONS =
      new KafkaSourceEnumState(List.of(SPLIT), List.of(), true);

  private final KnownTopicSerializer serializer = new KnownTopicSerializer();

  @Test
  void nameIdAndPartitionsComeBack() throws Exception {
    byte[] bytes = serializer.serialize(new KnownTopic("clicks", "an id", PARTITIONS));

    KnownTopic read = serializer.deserialize(serializer.getVersion(), bytes);

    assertThat(read.name()).isEqualTo("clicks");
    assertThat(read.id()).isEqualTo("an id");
    assertThat(read.partitions().assignedSplits()).containsExactly(SPLIT);
    assertThat(read.partitions().initialDiscoveryFinished()).isTrue();
  }

  @Test
  void aStateOfTheConnectorAloneKnowsNoId() throws Exception {
    KafkaSourceEnumStateSerializer connector = new KafkaSourceEnumStateSerializer();

    KnownTopic read =
        serializer.deserialize(connector.getVersion(), connector.serialize(PARTITIONS));

    assertThat(read.name()).isEmpty();
    assertThat(read.id()).isEmpty();
    assertThat(read.partitions().assignedSplits()).containsExactly(SPLIT);
  }

  @Test
  void aLaterVersionIsRefused() {
    assertThatIOException()
        .isThrownBy(() -> serializer.deserialize(KnownTopicSerializer.VERSION + 1, new byte[0]))
        .withMessageContaining("version 1001");
  }
}
