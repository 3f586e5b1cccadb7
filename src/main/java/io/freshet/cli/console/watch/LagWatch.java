package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.source.Offsets;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicAdmin;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Events in Kafka that the current snapshot does not contain: the ends of the topics less the
 * offsets in the manifest. It needs nothing of the job, and never falls below what arrives between
 * two snapshots.
 */
public final class LagWatch implements Watch {
  private static final int MOST_POINTS = 400;

  private final SnapshotStore store;
  private final KafkaClients kafka;
  private final InstantSource clock;
  private final TimeSeries behind = new TimeSeries(MOST_POINTS, 1000);
  private TopicAdmin admin; // null while there is no connection

  public LagWatch(SnapshotStore store, KafkaClients kafka, InstantSource clock) {
    this.store = store;
    this.kafka = kafka;
    this.clock = clock;
  }

  @Override
  public JsonNode look() throws IOException, InterruptedException {
    Optional<Version> latest = store.latest();
    if (latest.isEmpty()) {
      throw new IOException("no version has been published yet, so nothing says what was read");
    }
    Map<TopicPartition, Long> read = Offsets.of(store.manifest(latest.get()));
    if (read.isEmpty()) {
      throw new IOException(
          "version %s names no Kafka offsets: it was learned from files".formatted(latest.get()));
    }
    return toJson(latest.get(), waiting(read, ends(read)));
  }

  private Map<TopicPartition, Long> ends(Map<TopicPartition, Long> read)
      throws IOException, InterruptedException {
    try {
      admin = admin == null ? kafka.topicAdmin() : admin;
      return admin.ends(read.keySet());
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static Map<String, Long> waiting(
      Map<TopicPartition, Long> read, Map<TopicPartition, Long> ends) {
    Map<String, Long> waiting = new TreeMap<>();
    read.forEach(
        (partition, next) ->
            waiting.merge(partition.topic(), Math.max(0, ends.get(partition) - next), Long::sum));
    return waiting;
  }

  private ObjectNode toJson(Version version, Map<String, Long> waiting) {
    long sum = waiting.values().stream().mapToLong(Long::longValue).sum();
    behind.add(clock.millis(), sum);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", version.toString());
    json.put("behind", sum);
    ArrayNode topics = json.putArray("topics");
    waiting.forEach(
        (topic, events) -> topics.addObject().put("topic", topic).put("behind", events));
    TimeSeries.write(behind.samples(), "behind", json.putObject("curve"));
    return json;
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
      admin = null;
    }
  }
}
