package io.freshet.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.ExampleSettings;
import io.freshet.config.KafkaSettings;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.join.LabelDefinition;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseBlock;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.publish.SnapshotPublisher;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.snapshot.write.PublisherInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Publications are told of on a real broker, in a topic that the job has created. */
@Timeout(120)
class AnnouncementTopicITCase {
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(List.of(new CategoricalField("user", 1)), "user");

  @TempDir Path root;

  @Test
  @SuppressWarnings("try") // Flink's harness closes with any exception
  void everyVersionIsToldOfInTheTopicOfSnapshots() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      KafkaSettings settings = KafkaSettings.of(kafka.bootstrapServers(), "test");
      OutputTopics.ensure(settings, LabelDefinition.INLINE, ExampleSettings.DEFAULT);
      String topic = settings.topics().snapshots();
      ModelSettings model = ModelSettings.DEFAULT;
      SnapshotPublisher publisher =
          new SnapshotPublisher(
              SnapshotSettings.at(root.toUri().toString()),
              ManifestTemplate.of("ctr", SCHEMA, model),
              new AnnouncementTopic(kafka.bootstrapServers(), topic, Map.of()));

      try (var harness = new OneInputStreamOperatorTestHarness<>(publisher)) {
        harness.open();
        float[] dense = new float[DenseShape.of(SCHEMA.size(), model).size()];
        harness.processElement(new PublisherInput.Dense(new DenseBlock(0, dense, 1)), 0);
        harness.processElement(new PublisherInput.Gauge(PublishedGauge.NONE), 0);
        for (int checkpoint = 1; checkpoint <= 3; checkpoint++) {
          harness.snapshot(checkpoint, 0);
          harness.notifyOfCompletedCheckpoint(checkpoint);
        }
      }

      SnapshotStore store = new SnapshotStore(new LocalStorage(root));
      List<ConsumerRecord<byte[], byte[]>> records = TopicContents.bytes(kafka.clients(), topic);
      assertThat(records)
          .extracting(record -> new String(record.key(), UTF_8))
          .containsExactlyElementsOf(store.versions().stream().map(v -> "ctr/" + v).toList());
      JsonNode last = new ObjectMapper().readTree(records.get(2).value());
      assertThat(last.path("state").asText()).isEqualTo("published");
      assertThat(last.path("current").asText()).isEqualTo(store.latest().orElseThrow().toString());
    }
  }
}
