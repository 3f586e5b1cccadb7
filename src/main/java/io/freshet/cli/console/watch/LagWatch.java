package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.source.KafkaAddress;
import io.freshet.cli.console.source.Offsets;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * How many events wait in Kafka that the current snapshot does not hold: the ends of the topics
 * less the offsets in the current manifest. It needs nothing of the job, and never gets better than
 * the pause between two snapshots.
 */
public final class LagWatch implements Watch {
  private static final int MOST_POINTS = 400;

  private final SnapshotStore store;
  private final KafkaAddress kafka;
  private final InstantSource clock;
  private final TimeSeries behind = new TimeSeries(MOST_POINTS, 1000);
  private Admin admin; // null while there is no connection

  public LagWatch(SnapshotStore store, KafkaAddress kafka, InstantSource clock) {
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

  private Map<TopicPartition, ListOffsetsResultInfo> ends(Map<TopicPartition, Long> read)
      throws IOException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    read.keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    try {
      admin = admin == null ? kafka.admin() : admin;
      return admin.listOffsets(asked).all().get();
    } catch (ExecutionException | KafkaException e) {
      close();
      throw kafka.failure("cannot read the ends of the topics", e);
    }
  }

  private static Map<String, Long> waiting(
      Map<TopicPartition, Long> read, Map<TopicPartition, ListOffsetsResultInfo> ends) {
    Map<String, Long> waiting = new TreeMap<>();
    read.forEach(
        (partition, next) ->
            waiting.merge(
                partition.topic(), Math.max(0, ends.get(partition).offset() - next), Long::sum));
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
      admin.close(Duration.ofSeconds(1));
      admin = null;
    }
  }
}
