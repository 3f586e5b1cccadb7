package io.freshet.event.decode;

import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static io.freshet.event.Rejection.Kind.TOO_MANY_VALUES;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.FeatureValuesBuilder;
import io.freshet.event.RejectedException;
import io.freshet.event.json.JsonTokens;
import io.freshet.event.parse.FieldErrors;
import io.freshet.event.parse.Tokens;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Reads an object of features, inside an impression or other JSON by the same rules, so that
 * serving sees what training saw: the wanted features into {@link FeatureValues}, the others
 * skipped and counted, without their values. A null is a missing value, inside a list too.
 *
 * <p>Holds scratch memory: one for each thread.
 */
public final class FeaturesDecoder {
  private static final String RIGHT_WEIGHT = "a number, the weight of the value";
  private static final String RIGHT = "a string, number, boolean, null or a list of those";

  private final FeatureNames names;
  private final String[] paths; // by feature, for messages
  private final int maxValues;
  private final FeatureValuesBuilder values;
  private int seen;
  private int ignored;

  /** A decoder that keeps the named features and skips the others. */
  public FeaturesDecoder(FeatureNames names, int maxValues) {
    this(names, maxValues, name -> "features." + name);
  }

  /** A decoder for features that are anywhere in a record. */
  FeaturesDecoder(FeatureNames names, int maxValues, UnaryOperator<String> pathOf) {
    this.names = names;
    paths = new String[names.size()];
    Arrays.setAll(paths, feature -> pathOf.apply(names.name(feature)));
    this.maxValues = maxValues + names.vectorValues();
    values = new FeatureValuesBuilder(names);
  }

  /** Features skipped in the last read. */
  int ignored() {
    return ignored;
  }

  /**
   * Reads the parser's current object to its end.
   *
   * @throws RejectedException with the path of what is wrong, as in {@code features.price}
   */
  public FeatureValues read(JsonParser json) throws IOException, RejectedException {
    return read(new JsonTokens(json));
  }

  FeatureValues read(Tokens record) throws IOException, RejectedException {
    if (record.currentToken() != JsonToken.START_OBJECT) {
      throw FieldErrors.wrongType("features", record, "an object");
    }
    begin();
    for (String name = record.nextFieldName(); name != null; name = record.nextFieldName()) {
      int feature = names.indexOf(name);
      record.nextToken();
      if (feature >= 0) {
        readFeature(feature, record);
      } else {
        ignored++;
        record.skipChildren();
      }
    }
    return build();
  }

  /** Begins an impression. */
  void begin() {
    values.clear();
    seen = 0;
    ignored = 0;
  }

  /** What was read since the beginning. */
  FeatureValues build() {
    return values.build();
  }

  /** Reads the current value, or list, of a feature. */
  void readFeature(int feature, Tokens record) throws IOException, RejectedException {
    if (!values.begin(feature)) {
      throw FieldErrors.duplicate(path(feature), record);
    }
    if (record.currentToken() == JsonToken.START_OBJECT && values.beginWeights()) {
      readWeights(feature, record);
      return;
    }
    if (record.currentToken() == JsonToken.START_ARRAY) {
      values.beginList();
    }
    readValues(feature, record);
  }

  /** Reads an object whose keys are the values; a null is no value. */
  private void readWeights(int feature, Tokens record) throws IOException, RejectedException {
    for (String value = record.nextFieldName(); value != null; value = record.nextFieldName()) {
      JsonToken weight = record.nextToken();
      if (weight == JsonToken.VALUE_NULL) {
        continue;
      }
      countValue(record);
      if (!weight.isNumeric()) {
        throw FieldErrors.wrongType(path(feature) + "." + value, record, RIGHT_WEIGHT);
      }
      values.addWeighted(value.toCharArray(), 0, value.length(), number(feature, record));
    }
  }

  /** Begins a list whose values come one by one, in turns with others. */
  void beginList(int feature, Tokens record) throws RejectedException {
    if (!values.begin(feature)) {
      throw FieldErrors.duplicate(path(feature), record);
    }
    values.beginList();
  }

  /** Reads the current value, or list, into a list that was begun. */
  void readElements(int feature, Tokens record) throws IOException, RejectedException {
    values.resume(feature);
    readValues(feature, record);
  }

  /** Gives a feature the values of another. */
  void repeat(int feature, int other, Tokens record) throws RejectedException {
    if (!values.repeat(feature, other)) {
      throw FieldErrors.duplicate(path(feature), record);
    }
  }

  private void readValues(int feature, Tokens record) throws IOException, RejectedException {
    if (record.currentToken() == JsonToken.START_ARRAY) {
      while (record.nextToken() != JsonToken.END_ARRAY) {
        readValue(feature, record);
      }
    } else {
      readValue(feature, record);
    }
  }

  private void readValue(int feature, Tokens record) throws IOException, RejectedException {
    countValue(record);
    switch (record.currentToken()) {
      case VALUE_STRING ->
          values.addString(
              record.getTextCharacters(), record.getTextOffset(), record.getTextLength());
      case VALUE_NUMBER_INT ->
          values.addInteger(
              number(feature, record),
              record.getTextCharacters(),
              record.getTextOffset(),
              record.getTextLength());
      case VALUE_NUMBER_FLOAT -> values.addDouble(number(feature, record));
      case VALUE_TRUE -> values.addBoolean(true);
      case VALUE_FALSE -> values.addBoolean(false);
      case VALUE_NULL -> {}
      default -> throw FieldErrors.wrongType(path(feature), record, RIGHT);
    }
  }

  private double number(int feature, Tokens record) throws IOException, RejectedException {
    double number = record.getDoubleValue();
    if (!FeatureValuesBuilder.inRange(number)) {
      String fault =
          Double.isNaN(number) ? "is no number (NaN)" : "is beyond the range of a float, ±3.4e38";
      throw FieldErrors.rejected(BAD_VALUE, path(feature), record, fault);
    }
    return number;
  }

  private void countValue(Tokens record) throws RejectedException {
    if (++seen > maxValues) {
      throw FieldErrors.rejected(
          TOO_MANY_VALUES, "features", record, "holds more than %s values".formatted(maxValues));
    }
  }

  private String path(int feature) {
    return paths[feature];
  }
}
