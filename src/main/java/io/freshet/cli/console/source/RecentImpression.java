package io.freshet.cli.console.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.feature.Field;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.KafkaErrors;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds a sample impression: one of the last {@value #RECENT} records of a partition that the
 * current snapshot was learned from, at random.
 */
public final class RecentImpression {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RECENT = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final SnapshotStore store;
  private final KafkaClients kafka;
  private final Random random;

  public RecentImpression(SnapshotStore store, KafkaClients kafka, Random random) {
    this.store = store;
    this.kafka = kafka;
    this.random = random;
  }

  public ObjectNode find() throws IOException, InterruptedException {
    Optional<Version> latest = store.latest();
    if (latest.isEmpty()) {
      throw new IOException("no version has been published yet");
    }
    Manifest manifest = store.manifest(latest.get());
    List<TopicPartition> partitions = new ArrayList<>(Offsets.of(manifest).keySet());
    Collections.shuffle(partitions, random);
    return KafkaErrors.checked("a recent impression", kafka, () -> find(partitions, manifest));
  }

  private ObjectNode find(List<TopicPartition> partitions, Manifest manifest) throws IOException {
    try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer()) {
      for (TopicPartition partition : partitions) {
        Optional<ObjectNode> found = find(partition, manifest, consumer);
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    throw new IOException("none of the topics that the snapshot was learned from has one left");
  }

  private Optional<ObjectNode> find(
      TopicPartition partition, Manifest manifest, KafkaConsumer<byte[], byte[]> consumer)
      throws IOException {
    consumer.assign(List.of(partition));
    long begin = consumer.beginningOffsets(List.of(partition)).get(partition);
    long end = consumer.endOffsets(List.of(partition)).get(partition);
    if (begin == end) {
      return Optional.empty();
    }
    long recent = Math.max(begin, end - RECENT);
    consumer.seek(partition, recent + random.nextInt(Math.toIntExact(end - recent)));
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(PATIENCE)) {
      Optional<ObjectNode> impression = read(record, manifest);
      if (impression.isPresent()) {
        return impression;
      }
    }
    return Optional.empty();
  }

  /** The features that the model reads; nothing for a click or a bad record. */
  private static Optional<ObjectNode> read(ConsumerRecord<byte[], byte[]> record, Manifest manifest)
      throws IOException {
    if (record.value() != null && record.value().length > 0 && record.value()[0] == 0) {
      throw new IOException(
          "topic %s holds Avro, of which only the job knows the schemas; type the features in"
              .formatted(record.topic()));
    }
    JsonNode features;
    try {
      JsonNode event = JSON.readTree(record.value());
      features = event.has("features") ? event.get("features") : event;
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // the job has sent it to the dead letters
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("topic", record.topic()).put("partition", record.partition());
    json.put("offset", record.offset());
    ObjectNode read = json.putObject("features");
    manifest.schema().fields().stream()
        .filter(Field::isRaw)
        .map(Field::name)
        .filter(features::has)
        .forEach(name -> read.set(name, features.get(name)));
    return read.isEmpty() ? Optional.empty() : Optional.of(json);
  }
}
