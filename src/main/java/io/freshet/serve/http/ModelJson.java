package io.freshet.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.feature.Field;
import io.freshet.model.kind.Explanation;
import io.freshet.serve.follow.FollowerState;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.Manifest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is told about a model, as JSON. */
final class ModelJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelJson() {}

  /** Version, event time, freshness, rows and shape, and how the follower stands. */
  static byte[] status(String name, ServedModel model, FollowerState follower, Instant now)
      throws IOException {
    Manifest manifest = model.manifest();
    ObjectNode json = JSON.createObjectNode();
    json.put("name", name);
    json.put("ready", true);
    json.put("version", model.version().toString());
    json.put("lineage", model.version().lineage());
    json.put("checkpoint", model.version().checkpoint());
    manifest.eventTime().ifPresent(time -> json.put("event_time", time.toString()));
    model.freshness(now).ifPresent(f -> json.put("freshness_seconds", f.toMillis() / 1000.0));
    json.put("created", manifest.created().toString());
    json.put("rows", model.size());
    json.set("model", JSON.readTree(manifest.toJson()).path("model"));
    json.set("follower", state(follower));
    return JSON.writeValueAsBytes(json);
  }

  /** The manifest's description of the features, for those who make requests. */
  static byte[] metadata(String name, ServedModel model) throws IOException {
    JsonNode manifest = JSON.readTree(model.manifest().toJson());
    ObjectNode json = JSON.createObjectNode();
    json.put("name", name);
    json.putArray("versions").add(model.version().toString());
    json.put("platform", "freshet");
    for (String key :
        new String[] {"model", "schema", "unknown_ids", "metrics", "sampling_rate", "labels"}) {
      json.set(key, manifest.path(key));
    }
    return JSON.writeValueAsBytes(json);
  }

  /** Whether there is a model, and what the follower says. */
  static byte[] readiness(boolean ready, FollowerState follower) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("ready", ready);
    json.set("follower", state(follower));
    return JSON.writeValueAsBytes(json);
  }

  static byte[] predictions(float[] scores, ServedModel model) {
    StringBuilder out = new StringBuilder(32 + 14 * scores.length);
    out.append("{\"predictions\":[");
    for (int i = 0; i < scores.length; i++) {
      out.append(i == 0 ? "" : ",").append(scores[i]);
    }
    out.append("],\"model_version\":\"").append(model.version()).append("\"}");
    return out.toString().getBytes(UTF_8);
  }

  /** The predictions, and for each what base and fields add to its logit. */
  static byte[] explanations(float[] scores, List<Explanation> explanations, ServedModel model) {
    ObjectNode json = JSON.createObjectNode();
    ArrayNode predictions = json.putArray("predictions");
    ArrayNode explained = json.putArray("explanations");
    for (int i = 0; i < scores.length; i++) {
      predictions.add(scores[i]);
      write(explanations.get(i), model.schema().fields(), explained.addObject());
    }
    json.put("model_version", model.version().toString());
    return json.toString().getBytes(UTF_8);
  }

  private static void write(Explanation explanation, List<Field> fields, ObjectNode to) {
    to.put("logit", explanation.logit());
    to.put("base", explanation.base());
    ArrayNode shares = to.putArray("fields");
    for (int slot = 0; slot < fields.size(); slot++) {
      shares
          .addObject()
          .put("field", fields.get(slot).name())
          .put("first_order", explanation.firstOrder()[slot])
          .put("pairs", explanation.pairs()[slot])
          .put("dense", explanation.dense()[slot])
          .put("total", explanation.total(slot));
    }
  }

  /** The names of the models: one, once it is known. */
  static byte[] models(Optional<String> name) {
    ObjectNode json = JSON.createObjectNode();
    ArrayNode names = json.putArray("models");
    name.ifPresent(names::add);
    return json.toString().getBytes(UTF_8);
  }

  static byte[] error(String reason) {
    return JSON.createObjectNode().put("error", reason).toString().getBytes(UTF_8);
  }

  private static ObjectNode state(FollowerState follower) {
    ObjectNode json = JSON.createObjectNode();
    json.put("state", follower.kind().name().toLowerCase(Locale.ROOT));
    json.put("since", follower.since().toString());
    follower.served().ifPresent(version -> json.put("serves", version.toString()));
    follower.problem().ifPresent(problem -> json.put("problem", problem));
    return json;
  }
}
