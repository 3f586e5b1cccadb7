package io.freshet.job.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import java.io.IOException;
import java.util.Locale;

/**
 * Examples as JSON: {@code schemas/example.schema.json} describes those that are written out, which
 * are read back as they were, to the last bit. Ids are whole numbers of 64 bits with a sign; a
 * number that JSON lacks is the text {@code NaN}, {@code Infinity} or {@code -Infinity}.
 */
public final class ExampleJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ExampleJson() {}

  /** The example alone, for dead letters. */
  public static byte[] of(LabeledExample example) {
    ObjectNode json = JSON.createObjectNode();
    json.put("impression_id", example.impressionId());
    json.put("time", example.time());
    json.put("told", kind(example));
    put(json, "label", example.label());
    put(json, "weight", example.weight());
    features(json, example.example());
    return bytes(json);
  }

  /** What the label is, as in {@code fake-negative}. */
  static String kind(LabeledExample example) {
    return example.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A line of a file, without its end. */
  public static byte[] of(NumberedExample numbered) {
    LabeledExample example = numbered.example();
    ObjectNode json = JSON.createObjectNode();
    json.put("number", numbered.number());
    json.put("impression_id", example.impressionId());
    json.put("time", example.time());
    put(json, "label", example.label());
    put(json, "weight", example.weight());
    json.put("reason", reason(example));
    put(json, "later_share", example.laterShare());
    json.put("scored", example.scored());
    features(json, example.example());
    return bytes(json);
  }

  /**
   * What {@link #of(NumberedExample)} wrote.
   *
   * @throws IOException where it is not that, with what is wrong
   */
  public static NumberedExample parse(byte[] line) throws IOException {
    JsonNode json = JSON.readTree(line);
    try {
      LabeledExample example =
          new LabeledExample(
              required(json, "impression_id").asText(),
              required(json, "time").longValue(),
              number(required(json, "label")),
              number(required(json, "weight")),
              features(json),
              kind(required(json, "reason").asText()),
              number(required(json, "later_share")),
              required(json, "scored").booleanValue());
      return new NumberedExample(required(json, "number").longValue(), example);
    } catch (IllegalArgumentException e) {
      String start = new String(line, 0, Math.min(line.length, 100), UTF_8);
      throw new IOException("no example: " + e.getMessage() + ": " + start, e);
    }
  }

  /** Why the label is what it is. */
  private static String reason(LabeledExample example) {
    return switch (example.kind()) {
      case DECIDED -> example.label() > 0 ? "action" : "window-end";
      case FAKE_NEGATIVE -> "fake-negative";
      case REINGESTED -> "action-after-fake-negative";
      case CORRECTION -> "late-action";
      case PREDICTION -> "prediction";
    };
  }

  private static Kind kind(String reason) {
    return switch (reason) {
      case "action", "window-end" -> Kind.DECIDED;
      case "fake-negative" -> Kind.FAKE_NEGATIVE;
      case "action-after-fake-negative" -> Kind.REINGESTED;
      case "late-action" -> Kind.CORRECTION;
      case "prediction" -> Kind.PREDICTION;
      default -> throw new IllegalArgumentException("reason " + reason + " is not known");
    };
  }

  private static void features(ObjectNode json, Example example) {
    json.put("user", example.user());
    ArrayNode fids = json.putArray("fids");
    ArrayNode values = json.putArray("values");
    for (int i = 0; i < example.occurrences(); i++) {
      fids.add(example.fids()[i]);
      if (Float.isFinite(example.values()[i])) {
        values.add(example.values()[i]);
      } else {
        values.add(String.valueOf(example.values()[i]));
      }
    }
  }

  private static Example features(JsonNode json) {
    JsonNode ids = required(json, "fids");
    JsonNode numbers = required(json, "values");
    if (ids.size() != numbers.size()) {
      throw new IllegalArgumentException(ids.size() + " fids but " + numbers.size() + " values");
    }
    long[] fids = new long[ids.size()];
    float[] values = new float[ids.size()];
    for (int i = 0; i < fids.length; i++) {
      fids[i] = ids.get(i).longValue();
      values[i] = number(numbers.get(i));
    }
    return new Example(required(json, "user").longValue(), fids, values);
  }

  private static JsonNode required(JsonNode json, String key) {
    JsonNode value = json.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }

  /** By its text: a double in between would round twice. */
  private static float number(JsonNode json) {
    return Float.parseFloat(json.asText());
  }

  private static void put(ObjectNode json, String key, float value) {
    if (Float.isFinite(value)) {
      json.put(key, value);
    } else {
      json.put(key, String.valueOf(value));
    }
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }
}
