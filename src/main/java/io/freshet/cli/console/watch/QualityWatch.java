package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.source.BestPossible;
import io.freshet.evaluate.report.MetricsSeries;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicReader;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Follows a metrics topic from its start, so that a page opened late shows the past. Keeps {@value
 * #MOST_MODELS} models at most and shows one: the requested model, or the one that reported last.
 */
public final class QualityWatch implements Watch {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final int MOST_MODELS = 16;

  private final KafkaClients kafka;
  private final String topic;
  private final Optional<String> wanted;
  private final BestPossible reach;
  private final Map<String, TaskHistories> models =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TaskHistories> eldest) {
          return size() > MOST_MODELS;
        }
      };
  private TopicReader reader; // null while there is no connection
  private JsonNode shown = NullNode.instance;
  private String last = "";
  private long unreadable;

  public QualityWatch(
      KafkaClients kafka, String topic, Optional<String> model, BestPossible reach) {
    this.kafka = kafka;
    this.topic = topic;
    this.reach = reach;
    wanted = model;
  }

  @Override
  public JsonNode look() throws IOException, InterruptedException {
    try {
      if (reader == null) {
        open();
      }
      boolean changed = false;
      for (ConsumerRecord<byte[], byte[]> record : reader.poll(PATIENCE)) {
        take(record);
        changed = true;
      }
      shown = changed ? toJson() : shown;
    } catch (IOException e) {
      close();
      throw e;
    }
    if (shown.isNull()) {
      throw new IOException(
          "topic %s holds no report%s yet: the first comes when a window of event time closes"
              .formatted(topic, wanted.map(model -> " of model " + model).orElse("")));
    }
    return shown;
  }

  /** Begins at the start of the topic, also after a lost connection. */
  private void open() throws IOException, InterruptedException {
    reader = new TopicReader(kafka, topic);
    models.clear();
    unreadable = 0;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
      JsonNode report = JSON.readTree(record.value() == null ? new byte[0] : record.value());
      String series = report.path("series").asText();
      if (!report.path("window").isObject() || !report.path("model").isTextual()) {
        unreadable++;
      } else if (series.equals(MetricsSeries.PROGRESSIVE.text())) {
        last = report.get("model").asText();
        models
            .computeIfAbsent(last, model -> new TaskHistories(reach))
            .add(report, record.timestamp());
      }
    } catch (IOException e) {
      unreadable++; // shown on the page
    }
  }

  private JsonNode toJson() {
    String name = wanted.orElse(last);
    TaskHistories history = models.get(name);
    if (history == null) {
      return NullNode.instance;
    }
    ObjectNode json = history.toJson(name);
    json.put("topic", topic);
    json.put("unreadable", unreadable);
    ArrayNode others = json.putArray("others");
    models.keySet().stream().filter(model -> !model.equals(name)).sorted().forEach(others::add);
    return json;
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
