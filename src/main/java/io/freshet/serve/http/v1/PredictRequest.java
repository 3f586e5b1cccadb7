package io.freshet.serve.http.v1;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.event.decode.FeaturesDecoder;
import io.freshet.feature.example.Example;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.predict.HttpError;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the body of a prediction:
 *
 * <pre>
 * {"shared": {"features": {…}},          what all instances have in common; may be left out
 *  "instances": [{"features": {…}}, …]}  an instance's own feature goes before a shared one
 * </pre>
 *
 * <p>Features are read by the rules for impressions. Other keys are passed over. A mistake is
 * refused with its path, as in {@code instances[3].features.price}.
 */
final class PredictRequest {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_TEXT = 1 << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_TEXT)
                  .build())
          .build();

  private final Scorer scorer;
  private final FeaturesDecoder features;
  private final int maxInstances;
  private final List<FeatureValues> instances = new ArrayList<>();
  private FeatureValues shared; // null where there are none

  private PredictRequest(Scorer scorer, int maxInstances) {
    this.scorer = scorer;
    this.maxInstances = maxInstances;
    // a learner's own limit refuses records and shapes no encoding: whatever it may be, it fits
    // here
    features = new FeaturesDecoder(scorer.names(), EventSettings.MOST_VALUES);
  }

  /** Reads the examples of a body, encoded for the scorer's version. */
  static List<Example> read(InputStream body, Scorer scorer, int maxInstances) throws HttpError {
    PredictRequest request = new PredictRequest(scorer, maxInstances);
    try (JsonParser json = JSON.createParser(body)) {
      request.readBody(json);
    } catch (JsonProcessingException e) {
      throw bad(
          "the body is not readable as JSON: %s (byte %s)"
              .formatted(
                  e.getOriginalMessage(),
                  e.getLocation() == null ? -1 : e.getLocation().getByteOffset()));
    } catch (IOException e) {
      throw bad("the body is not readable: " + e.getMessage());
    }
    return request.examples();
  }

  private void readBody(JsonParser json) throws IOException, HttpError {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw bad("the body is not a JSON object; expected {\"instances\": [{\"features\": {…}}]}");
    }
    boolean found = false;
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      json.nextToken();
      switch (key) {
        case "instances" -> {
          readInstances(json);
          found = true;
        }
        case "shared" -> shared = readFeatures("shared", json);
        default -> json.skipChildren();
      }
    }
    if (!found) {
      throw bad("instances is missing; expected a list of {\"features\": {…}}");
    }
    if (json.nextToken() != null) {
      throw bad("something follows the JSON object");
    }
  }

  private void readInstances(JsonParser json) throws IOException, HttpError {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw bad("instances is no list; expected a list of {\"features\": {…}}");
    }
    instances.clear();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (instances.size() == maxInstances) {
        throw new HttpError(
            413, "instances holds more than " + maxInstances + "; send them in parts");
      }
      instances.add(readFeatures("instances[" + instances.size() + "]", json));
    }
  }

  /** Reads {@code {"features": {…}}}. */
  private FeatureValues readFeatures(String path, JsonParser json) throws IOException, HttpError {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw bad(path + " is no object; expected {\"features\": {…}}");
    }
    FeatureValues values = null;
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      json.nextToken();
      if (key.equals("features")) {
        values = readValues(path, json);
      } else {
        json.skipChildren();
      }
    }
    if (values == null) {
      throw bad(path + ".features is missing; expected an object");
    }
    return values;
  }

  private FeatureValues readValues(String path, JsonParser json) throws IOException, HttpError {
    try {
      return features.read(json);
    } catch (RejectedException e) {
      throw bad(path + "." + e.getMessage());
    }
  }

  private List<Example> examples() throws HttpError {
    List<Example> examples = new ArrayList<>(instances.size());
    for (FeatureValues own : instances) {
      try {
        examples.add(scorer.encode(shared == null ? own : own.orElse(shared)));
      } catch (RejectedException e) {
        throw bad("instances[" + examples.size() + "]." + e.getMessage());
      }
    }
    return examples;
  }

  private static HttpError bad(String reason) {
    return new HttpError(400, reason);
  }
}
