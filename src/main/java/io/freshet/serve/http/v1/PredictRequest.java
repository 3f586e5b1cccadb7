package io.freshet.serve.http.v1;

import static io.freshet.serve.request.HttpError.bad;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import io.freshet.event.decode.FeaturesDecoder;
import io.freshet.serve.http.json.RequestJson;
import io.freshet.serve.request.Columns;
import io.freshet.serve.request.FeatureRows;
import io.freshet.serve.request.HttpError;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the body of a prediction:
 *
 * <pre>
 * {"id": "42",                           what the client calls the request; may be left out
 *  "shared": {"features": {…}},          what all instances have in common; may be left out
 *  "task": "click",                      which is explained; may be left out
 *  "instances": [{"features": {…}}, …]}  an instance's own feature goes before a shared one
 * {"inputs": {"user": ["u1", "u2"], "genres": [["drama", "war"], []], "country": ["nl"]}}
 * </pre>
 *
 * <p>In the second form, of columns, row i of each is of instance i, and a column of one row is of
 * all. Features are read by the rules for impressions. Other keys are passed over. A mistake is
 * refused with its path, as in {@code instances[3].features.price}.
 */
final class PredictRequest {
  private static final String FORM = "{\"instances\": [{\"features\": {…}}]}";

  private final FeatureNames names;
  private final FeaturesDecoder features;
  private final int maxInstances;
  private List<FeatureValues> instances; // null before they were read
  private List<String> ids = new ArrayList<>(); // of the impressions that instances will be
  private Optional<String> id = Optional.empty();
  private Optional<String> task = Optional.empty();
  private final boolean explains;
  private Columns columns; // null where there are none
  private FeatureValues shared; // null where there are none

  private PredictRequest(FeatureNames names, int maxInstances, boolean explains) {
    this.names = names;
    this.explains = explains;
    this.maxInstances = maxInstances;
    // a learner's own limit refuses records and shapes no encoding: whatever it may be, it fits
    // here
    features = new FeaturesDecoder(names, EventSettings.MOST_VALUES);
  }

  /** Reads a body. */
  static PredictRequest read(InputStream body, FeatureNames names, int maxInstances)
      throws HttpError {
    return new PredictRequest(names, maxInstances, false).read(body);
  }

  /** Reads a body that may name a task. */
  static PredictRequest readToExplain(InputStream body, FeatureNames names, int maxInstances)
      throws HttpError {
    return new PredictRequest(names, maxInstances, true).read(body);
  }

  private PredictRequest read(InputStream body) throws HttpError {
    RequestJson.read(body, FORM, this::readMember);
    if (instances == null && columns == null) {
      throw bad("instances is missing; expected a list of {\"features\": {…}}");
    }
    if (instances != null && columns != null) {
      throw bad("instances and inputs are both there; expected one of them");
    }
    return this;
  }

  /** The task that is to be explained, if one is named. */
  Optional<String> task() {
    return task;
  }

  /** Whether the instances came as columns, and the predictions go as an output. */
  boolean isColumns() {
    return columns != null;
  }

  private void readMember(String key, JsonParser json) throws IOException, HttpError {
    switch (key) {
      case "instances" -> readInstances(json);
      case "inputs" -> readColumns(json);
      case "id" -> id = Optional.of(RequestJson.string("id", json));
      case "shared" -> shared = readFeatures("shared", json);
      case "task" -> readTask(json);
      default -> json.skipChildren();
    }
  }

  private void readTask(JsonParser json) throws IOException, HttpError {
    if (explains) {
      task = Optional.of(RequestJson.string("task", json));
    } else {
      json.skipChildren(); // all tasks are predicted
    }
  }

  private void readInstances(JsonParser json) throws IOException, HttpError {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw bad("instances is no list; expected a list of {\"features\": {…}}");
    }
    instances = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (instances.size() == maxInstances) {
        throw new HttpError(
            413, "instances holds more than " + maxInstances + "; send them in parts");
      }
      ids.add(null);
      instances.add(readFeatures("instances[" + instances.size() + "]", json));
    }
  }

  private void readColumns(JsonParser json) throws IOException, HttpError {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw bad("inputs is no object; expected {\"user\": [\"u1\", …], …}");
    }
    columns = new Columns(names, maxInstances);
    int read = 0;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      readColumn(name, json);
      read++;
    }
    if (read == 0) {
      throw bad("inputs is empty; expected the model's features, each with a list");
    }
  }

  private void readColumn(String name, JsonParser json) throws IOException, HttpError {
    String place = "inputs." + name;
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw bad(place + " is no list; expected a value for each instance");
    }
    boolean isWanted = columns.isWanted(name);
    List<Object> rows = new ArrayList<>();
    int length = 0;
    for (; json.nextToken() != JsonToken.END_ARRAY; length++) {
      if (isWanted) {
        rows.add(readRow(place + "[" + length + "]", json));
      } else {
        json.skipChildren();
      }
    }
    if (isWanted) {
      columns.add(place, name, rows);
    } else {
      columns.checkLength(place, length);
    }
  }

  private static Object readRow(String place, JsonParser json) throws IOException, HttpError {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return RequestJson.scalar(place, json);
    }
    List<Object> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      values.add(RequestJson.scalar(place, json));
    }
    return values;
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
      } else if (key.equals(FeatureRows.IDS) && !ids.isEmpty()) {
        String place = path + "." + key;
        ids.set(ids.size() - 1, FeatureRows.checkedId(place, RequestJson.scalar(place, json)));
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

  /** The instances' features, and the impressions that they will be. */
  FeatureRows rows() throws HttpError {
    FeatureRows rows =
        columns == null ? new FeatureRows(instances, ids, id) : columns.rows().of(id);
    return shared == null
        ? rows
        : new FeatureRows(
            rows.features().stream().map(own -> own.orElse(shared)).toList(), rows.ids(), id);
  }
}
