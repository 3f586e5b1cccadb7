package io.freshet.lab.bench.quality;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.join.JoinSettings;
import io.freshet.lab.replay.mapping.ReplayRow;
import io.freshet.lab.simulate.AdStream;
import io.freshet.lab.simulate.Oracle;
import io.freshet.lab.simulate.SimulatorSettings;
import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import io.freshet.lab.simulate.SimulatorSettings.Truth;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The simulated ad stream, with its clicks at once and nothing out of order. */
record SimulatedData(@JsonProperty("examples") int examples) implements StreamData {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final double PER_SECOND = 4;
  private static final long SEED = 1;
  private static final Disorder NONE =
      new Disorder(Duration.ofMinutes(1), JoinSettings.DEFAULT.window(), 0, 0, Duration.ZERO, 0, 0);

  @Override
  public Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("user", "categorical");
    fields.put("item", "categorical");
    fields.put("genres", "multi");
    fields.put("device", "categorical");
    fields.put("hour", "categorical");
    fields.put("price", "numeric");
    return fields;
  }

  @Override
  public String userField() {
    return "user";
  }

  @Override
  public Iterator<ReplayRow> rows() throws IOException {
    Map<String, Boolean> clicked = new HashMap<>();
    AdStream stream =
        new AdStream(
            new SimulatorSettings(SEED, START, examples, PER_SECOND, Truth.DEFAULT, NONE),
            new Oracle(Duration.ofDays(1)),
            (id, time, probability, click) -> clicked.put(id, click));
    List<ReplayRow> rows = new ArrayList<>();
    while (stream.hasNext()) {
      EventRecord record = stream.next();
      if (record.topic() == Topic.IMPRESSIONS) {
        JsonNode json = JSON.readTree(record.value());
        String id = json.get("impression_id").asText();
        rows.add(new ReplayRow(id, record.time(), clicked.get(id), record.key(), features(json)));
      }
    }
    return rows.iterator();
  }

  private static Map<String, Object> features(JsonNode json) {
    return JSON.convertValue(json.get("features"), new TypeReference<Map<String, Object>>() {});
  }
}
