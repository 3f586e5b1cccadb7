package io.freshet.serve.http.v2;

import static io.freshet.serve.request.HttpError.bad;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.serve.http.json.RequestJson;
import io.freshet.serve.request.HttpError;
import io.freshet.serve.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the body of an inference:
 *
 * <pre>
 * {"id": "42",
 *  "inputs": [{"name": "user", "datatype": "BYTES", "shape": [2], "data": ["u1", "u2"]}, …],
 *  "outputs": [{"name": "predictions"}]}
 * </pre>
 *
 * <p>Identifier and outputs may be left out, data may be nested; other keys are passed over.
 */
final class InferRequest {
  private static final String FORM =
      "{\"inputs\": [{\"name\": …, \"datatype\": …, \"shape\": […], \"data\": […]}]}";

  private Optional<String> id = Optional.empty();
  private List<Tensor> inputs; // null before they were read
  private final List<String> outputs = new ArrayList<>();

  private InferRequest() {}

  static InferRequest read(InputStream body) throws HttpError {
    InferRequest request = new InferRequest();
    RequestJson.read(body, FORM, request::readMember);
    if (request.inputs == null) {
      throw bad("inputs is missing; expected a list of tensors");
    }
    return request;
  }

  /** What the client calls the request. */
  Optional<String> id() {
    return id;
  }

  List<Tensor> inputs() {
    return inputs;
  }

  /** The names of the outputs that are asked for; none for all. */
  List<String> outputs() {
    return outputs;
  }

  private void readMember(String key, JsonParser json) throws IOException, HttpError {
    switch (key) {
      case "id" -> id = Optional.of(RequestJson.string("id", json));
      case "inputs" -> {
        inputs = new ArrayList<>();
        for (int i = 0; RequestJson.isNext("inputs", i, json); i++) {
          inputs.add(InputTensor.read("inputs[" + i + "]", json));
        }
      }
      case "outputs" -> {
        for (int i = 0; RequestJson.isNext("outputs", i, json); i++) {
          readOutput("outputs[" + i + "]", json);
        }
      }
      default -> json.skipChildren();
    }
  }

  private void readOutput(String place, JsonParser json) throws IOException, HttpError {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw bad(place + " is no object; expected {\"name\": …}");
    }
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      json.nextToken();
      if (key.equals("name")) {
        outputs.add(RequestJson.string(place + ".name", json));
      } else {
        json.skipChildren();
      }
    }
  }
}
