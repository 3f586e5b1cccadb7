package io.freshet.job.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Predictions as JSON: {@code schemas/prediction.schema.json} describes them. */
public final class PredictionJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PredictionJson() {}

  /** A record's key: the same for an example that is predicted again after a failure. */
  public static byte[] key(PredictedExample of) {
    return (of.model() + "/" + of.key()).getBytes(UTF_8);
  }

  /** A line of a file, without its end. */
  public static byte[] of(PredictedExample of) {
    ObjectNode json = JSON.createObjectNode();
    json.put("model", of.model());
    json.put("impression_id", of.impressionId());
    json.put("time", of.time());
    json.put("label", of.label());
    json.put("weight", of.weight());
    if (Float.isFinite(of.prediction())) {
      json.put("prediction", of.prediction());
    } else {
      json.put("prediction", String.valueOf(of.prediction()));
    }
    json.put("user", of.user());
    json.put("after_checkpoint", of.afterCheckpoint());
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  /**
   * What {@link #of} wrote.
   *
   * @throws IOException where it is not that, with what is wrong
   */
  static PredictedExample parse(byte[] line) throws IOException {
    JsonNode json = JSON.readTree(line);
    for (String key :
        new String[] {"model", "impression_id", "time", "label", "weight", "prediction", "user"}) {
      if (json.get(key) == null) {
        String start = new String(line, 0, Math.min(line.length, 100), UTF_8);
        throw new IOException("no prediction: " + key + " is missing: " + start);
      }
    }
    return new PredictedExample(
        json.get("model").asText(),
        json.get("impression_id").asText(),
        json.get("time").longValue(),
        number(json.get("label")),
        number(json.get("weight")),
        number(json.get("prediction")),
        json.get("user").longValue(),
        json.path("after_checkpoint").longValue());
  }

  /** By its text: a double in between would round twice. */
  private static float number(JsonNode json) throws IOException {
    try {
      return Float.parseFloat(json.asText());
    } catch (NumberFormatException e) {
      throw new IOException("no prediction: " + json + " is not a number", e);
    }
  }
}
