package io.freshet.event;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static io.freshet.event.Rejection.Kind.TOO_MANY_VALUES;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Reads the object of features: the wanted ones into {@link FeatureValues}, the others skipped and
 * counted. A null is a missing value, inside a list too. Values of skipped features count against
 * the limit as well.
 */
final class FeatureReader {
  private static final String RIGHT = "a string, number, boolean, null or a list of those";

  private final FeatureNames names;
  private final int maxValues;
  private final FeatureValuesBuilder values;
  private int seen;
  private int ignored;

  FeatureReader(FeatureNames names, int maxValues) {
    this.names = names;
    this.maxValues = maxValues;
    values = new FeatureValuesBuilder(names);
  }

  /** Features skipped in the last read. */
  int ignored() {
    return ignored;
  }

  FeatureValues read(JsonParser json) throws IOException, RejectedException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw Place.wrongType("features", json, "an object");
    }
    values.clear();
    seen = 0;
    ignored = 0;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      int feature = names.indexOf(name);
      json.nextToken();
      if (feature >= 0) {
        readFeature(feature, json);
      } else {
        skip(json);
      }
    }
    return values.build();
  }

  private void readFeature(int feature, JsonParser json) throws IOException, RejectedException {
    if (!values.begin(feature)) {
      throw Place.duplicate(path(feature), json);
    }
    if (json.currentToken() == JsonToken.START_ARRAY) {
      values.beginList();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        readValue(feature, json);
      }
    } else {
      readValue(feature, json);
    }
  }

  private void readValue(int feature, JsonParser json) throws IOException, RejectedException {
    countValue(json);
    switch (json.currentToken()) {
      case VALUE_STRING ->
          values.addString(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
      case VALUE_NUMBER_INT ->
          values.addInteger(
              number(feature, json),
              json.getTextCharacters(),
              json.getTextOffset(),
              json.getTextLength());
      case VALUE_NUMBER_FLOAT -> values.addDouble(number(feature, json));
      case VALUE_TRUE -> values.addBoolean(true);
      case VALUE_FALSE -> values.addBoolean(false);
      case VALUE_NULL -> {}
      default -> throw Place.wrongType(path(feature), json, RIGHT);
    }
  }

  private double number(int feature, JsonParser json) throws IOException, RejectedException {
    double number = json.getDoubleValue();
    if (!FeatureValuesBuilder.inRange(number)) {
      throw Place.rejected(
          BAD_VALUE, path(feature), json, "is beyond the range of a float, ±3.4e38");
    }
    return number;
  }

  private void skip(JsonParser json) throws IOException, RejectedException {
    ignored++;
    int depth = 0;
    do {
      JsonToken token = depth == 0 ? json.currentToken() : json.nextToken();
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token.isScalarValue()) {
        countValue(json);
      }
    } while (depth > 0);
  }

  private void countValue(JsonParser json) throws RejectedException {
    if (++seen > maxValues) {
      throw Place.rejected(
          TOO_MANY_VALUES, "features", json, "holds more than %d values".formatted(maxValues));
    }
  }

  private String path(int feature) {
    return "features." + names.name(feature);
  }
}
