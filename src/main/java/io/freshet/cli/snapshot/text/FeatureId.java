package io.freshet.cli.snapshot.text;

import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.ParallelField;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import io.freshet.model.batch.SharedRows;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/** Feature ids as people write them. */
public final class FeatureId {
  private static final int BITS = 64;

  private FeatureId() {}

  /** A signed or unsigned number of 64 bits, or a hexadecimal one after 0x. */
  public static long parse(String text) {
    try {
      boolean hex = text.startsWith("0x");
      BigInteger number = hex ? new BigInteger(text.substring(2), 16) : new BigInteger(text);
      boolean fits = number.signum() < 0 ? number.bitLength() < BITS : number.bitLength() <= BITS;
      if (fits) {
        return number.longValue();
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--fid: \"%s\" is not a number, nor one in hexadecimal after 0x".formatted(text), e);
    }
    throw new IllegalArgumentException("--fid: " + text + " has more than 64 bits");
  }

  /**
   * The id of the row that a model with this schema has for a field's value.
   *
   * @param text as in {@code user=u17}; nothing behind the equals sign is a missing value; of a
   *     vector the number of a component, from 0 on
   */
  public static long of(String text, FeatureSchema schema) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          "--field: \"%s\" is not FIELD=VALUE, as in user=u17".formatted(text));
    }
    String name = text.substring(0, equals);
    Field field =
        schema
            .field(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "--field: the model has no field \"%s\", but %s"
                            .formatted(name, schema.fields().stream().map(Field::name).toList())));
    if (field instanceof VectorField && !text.endsWith("=")) {
      return component(field, text.substring(equals + 1));
    }
    if (!field.isRaw()) {
      throw new IllegalArgumentException(
          "--field: " + name + " is a cross of fields; give the id of its row with --fid");
    }
    return id(field, text.substring(equals + 1), schema);
  }

  /** A vector has a row for each component: which of them is the value. */
  private static long component(Field field, String text) {
    if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) >= field.numbers()) {
      throw new IllegalArgumentException(
          "--field: %s is a vector, and \"%s\" none of its components; expected 0 to %s"
              .formatted(field.name(), text, field.numbers() - 1));
    }
    return Fids.component(field.number(), Integer.parseInt(text));
  }

  private static long id(Field field, String text, FeatureSchema schema) {
    ExampleEncoder encoder = new ExampleEncoder(schema);
    Map<String, Object> features = new HashMap<>();
    if (!text.isEmpty()) {
      features.put(field.name(), value(field, text));
    }
    if (!text.isEmpty() && field instanceof ParallelField parallel) {
      features.put(parallel.along(), text); // for which it has one
    }
    DecodeResult<Example> outcome = encoder.encode(FeatureValues.of(encoder.names(), features));
    if (outcome instanceof DecodeResult.Good<Example> good) {
      for (long fid : good.value().fids()) {
        if (Fids.field(fid) == field.number()) {
          return SharedRows.of(schema).row(fid);
        }
      }
    }
    throw new IllegalArgumentException("--field: the model cannot hold " + outcome);
  }

  private static Object value(Field field, String text) {
    try {
      return field.rawValue(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--field: %s is a number, and \"%s\" is none".formatted(field.name(), text), e);
    }
  }
}
