package io.freshet.serve.http.v2;

import static io.freshet.serve.request.HttpError.bad;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.serve.http.json.RequestJson;
import io.freshet.serve.request.HttpError;
import io.freshet.serve.tensor.Datatype;
import io.freshet.serve.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads a tensor; its keys come in any order. */
final class InputTensor {
  private final String place;
  private String name;
  private String datatype;
  private List<Long> shape;
  private List<Object> data;

  private InputTensor(String place) {
    this.place = place;
  }

  static Tensor read(String place, JsonParser json) throws IOException, HttpError {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw bad(place + " is no object; expected a tensor");
    }
    InputTensor tensor = new InputTensor(place);
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      json.nextToken();
      tensor.readMember(key, json);
    }
    tensor.check("name", tensor.name);
    tensor.check("datatype", tensor.datatype);
    tensor.check("shape", tensor.shape);
    tensor.check("data", tensor.data);
    return Tensor.of(tensor.name, Datatype.of(place, tensor.datatype), tensor.shape, tensor.data);
  }

  private void check(String key, Object value) throws HttpError {
    if (value == null) {
      throw bad("%s.%s is missing".formatted(place, key));
    }
  }

  private void readMember(String key, JsonParser json) throws IOException, HttpError {
    switch (key) {
      case "name" -> name = RequestJson.string(place + ".name", json);
      case "datatype" -> datatype = RequestJson.string(place + ".datatype", json);
      case "shape" -> {
        shape = new ArrayList<>();
        for (int i = 0; RequestJson.isNext(place + ".shape", i, json); i++) {
          shape.add(size(json));
        }
      }
      case "data" -> {
        data = new ArrayList<>();
        readData(json);
      }
      default -> json.skipChildren();
    }
  }

  private long size(JsonParser json) throws IOException, HttpError {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw bad(place + ".shape: " + json.getText() + " is no size");
    }
    return json.getLongValue();
  }

  /** Reads the elements of a list, and of the lists in it. */
  private void readData(JsonParser json) throws IOException, HttpError {
    for (int i = 0; RequestJson.isNext(place + ".data", i, json); i++) {
      if (json.currentToken() == JsonToken.START_ARRAY) {
        readData(json);
      } else {
        data.add(RequestJson.scalar(place + ".data", json));
      }
    }
  }
}
