package io.freshet.lab.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.config.KafkaSettings;
import io.freshet.evaluate.report.Decile;
import io.freshet.evaluate.report.GroupedAuc;
import io.freshet.evaluate.report.Metrics;
import io.freshet.evaluate.report.MetricsSeries;
import io.freshet.evaluate.report.Slice;
import io.freshet.evaluate.report.Spread;
import io.freshet.evaluate.report.UsersSeen;
import io.freshet.kafka.TopicReader;
import io.freshet.lab.report.Breakdown;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads progressive validation from its topic: the windows so far, and the totals since start. A
 * later report of a window replaces the earlier one. Not thread-safe.
 */
public final class MetricsTopic implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TopicReader reader;
  private final NavigableMap<Long, Metrics> windows = new TreeMap<>();
  private Metrics sinceStart = Metrics.NONE;
  private final Map<Slice, Metrics> slices = new LinkedHashMap<>();
  private Spread spread = Spread.NONE;
  private UsersSeen users = UsersSeen.NONE;
  private long occurrences;

  public MetricsTopic(KafkaSettings kafka) throws IOException, InterruptedException {
    reader = new TopicReader(kafka.clients(), kafka.topics().metrics());
  }

  /** Reads new reports, waiting so long at most. */
  public void poll(Duration patience) throws IOException, InterruptedException {
    for (ConsumerRecord<byte[], byte[]> record : reader.poll(patience)) {
      take(JSON.readTree(record.value()));
    }
  }

  /** Reads to the present end of the topic. */
  void pollToEnd() throws IOException, InterruptedException {
    reader.readToEnd(record -> take(JSON.readTree(record.value())));
  }

  private void take(JsonNode report) {
    if (report.has("slice")) {
      takeSlice(report);
      return;
    }
    if (!report.get("series").asText().equals(MetricsSeries.PROGRESSIVE.text())) {
      return;
    }
    Metrics window = metrics(report.get("window"));
    windows.put(window.from(), window);
    Metrics totals = metrics(report.get("since_start"));
    if (totals.examples() >= sinceStart.examples()) {
      sinceStart = totals;
      occurrences = report.get("since_start").get("occurrences").asLong();
      spread = spread(report.get("since_start"));
      users =
          new UsersSeen(
              figure(report.get("since_start"), "users_per_64"),
              figure(report.get("since_start"), "users_per_512"));
    }
  }

  private void takeSlice(JsonNode report) {
    JsonNode slice = report.get("slice");
    Metrics totals = metrics(report.get("since_start"));
    slices.merge(
        new Slice(slice.get("field").asText(), slice.get("value").asText()),
        totals,
        (before, now) -> now.examples() >= before.examples() ? now : before);
  }

  private static Spread spread(JsonNode json) {
    List<Decile> deciles = new ArrayList<>();
    for (JsonNode decile : json.get("deciles")) {
      deciles.add(
          new Decile(
              decile.get("weight").asDouble(),
              figure(decile, "prediction"),
              figure(decile, "rate")));
    }
    GroupedAuc gauc =
        new GroupedAuc(
            figure(json, "gauc"),
            json.get("gauc_users").asLong(),
            figure(json, "gauc_left_out_users"),
            figure(json, "gauc_left_out"),
            figure(json, "gauc_sampled"));
    return new Spread(gauc, deciles);
  }

  Breakdown breakdown() {
    return new Breakdown(spread, users, slices);
  }

  private static Metrics metrics(JsonNode json) {
    return new Metrics(
        json.get("from").asLong(),
        json.get("to").asLong(),
        json.get("examples").asLong(),
        json.get("positives").asDouble(),
        figure(json, "ctr"),
        figure(json, "logloss"),
        figure(json, "auc"),
        figure(json, "ne"),
        figure(json, "calibration"));
  }

  private static double figure(JsonNode json, String name) {
    return json.get(name).asDouble(Double.NaN); // null where it is not defined
  }

  /** By their starts. */
  public List<Metrics> windows() {
    return List.copyOf(windows.values());
  }

  public Metrics sinceStart() {
    return sinceStart;
  }

  long occurrences() {
    return occurrences;
  }

  @Override
  public void close() {
    reader.close();
  }
}
