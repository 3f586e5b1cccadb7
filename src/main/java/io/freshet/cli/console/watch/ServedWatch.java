package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.evaluate.offline.ServedImpression;
import io.freshet.feature.ImpressionHash;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Follows the topic of impressions that servers write and that of a learner's predictions, which
 * holds the labels, from their last records on.
 */
public final class ServedWatch implements Watch {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final int MOST_POLLS = 40; // a look stays short

  private final KafkaClients kafka;
  private final Topics topics;
  private final Optional<String> learner;
  private ServedHistory history = new ServedHistory();
  private TopicReader impressions; // null while there is no connection
  private TopicReader predictions;
  private JsonNode shown = NullNode.instance;
  private long unreadable;

  /**
   * Where the two are.
   *
   * @param impressions the topic of what was served
   * @param predictions the topic of a learner's predictions, with their labels
   */
  public record Topics(String impressions, String predictions) {}

  /**
   * A watch.
   *
   * @param learner whose labels count, where several write them
   */
  public ServedWatch(KafkaClients kafka, Topics topics, Optional<String> learner) {
    this.kafka = kafka;
    this.topics = topics;
    this.learner = learner;
  }

  @Override
  public JsonNode look() throws IOException, InterruptedException {
    try {
      if (impressions == null) {
        open();
      }
      boolean changed = read(impressions, this::impression);
      changed |= read(predictions, this::label);
      if (changed || shown.isNull()) {
        shown = toJson();
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    return shown;
  }

  private void open() throws IOException, InterruptedException {
    history = new ServedHistory();
    unreadable = 0;
    impressions = new TopicReader(kafka, topics.impressions(), ServedHistory.MOST);
    predictions = new TopicReader(kafka, topics.predictions(), ServedHistory.MOST);
  }

  private boolean read(TopicReader from, TopicReader.Sink to)
      throws IOException, InterruptedException {
    boolean any = false;
    for (int poll = 0; poll < MOST_POLLS; poll++) {
      boolean more = false;
      for (ConsumerRecord<byte[], byte[]> record : from.poll(PATIENCE)) {
        more = true;
        take(record, to);
      }
      if (!more) {
        return any;
      }
      any = true;
    }
    return any;
  }

  private void take(ConsumerRecord<byte[], byte[]> record, TopicReader.Sink to) {
    try {
      if (record.value() != null) {
        to.record(record);
      }
    } catch (IOException e) {
      unreadable++; // shown on the page
    }
  }

  private void impression(ConsumerRecord<byte[], byte[]> record) throws IOException {
    ServedImpression.of(record.value()).ifPresent(history::impression);
  }

  private void label(ConsumerRecord<byte[], byte[]> record) throws IOException {
    JsonNode example = JSON.readTree(record.value());
    JsonNode label = example.path("label");
    if (!label.isNumber() || !example.path("impression_id").isTextual()) {
      throw new IOException("no labeled prediction");
    }
    if (learner.isEmpty() || learner.get().equals(example.path("model").asText())) {
      history.label(
          ImpressionHash.key(example.get("impression_id").asText()),
          example.path("time").asLong(),
          label.floatValue(),
          (float) example.path("weight").asDouble(1));
    }
  }

  private ObjectNode toJson() {
    return history
        .toJson()
        .put("topic", topics.impressions())
        .put("labels_from", topics.predictions())
        .put("unreadable", unreadable);
  }

  @Override
  public void close() {
    if (impressions != null) {
      impressions.close();
      impressions = null;
    }
    if (predictions != null) {
      predictions.close();
      predictions = null;
    }
  }
}
