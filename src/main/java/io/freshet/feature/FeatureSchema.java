package io.freshet.feature;

import static java.util.Objects.requireNonNull;

import io.freshet.event.FeatureNames;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The fields of the model, in order: field number to <em>slot</em>, its place 0 … size - 1 in the
 * model's input.
 *
 * @param fields the fields, in the order of their slots
 * @param userField name of the field whose value partitions the examples and whose repeats are kept
 *     out of a row step
 */
public record FeatureSchema(List<Field> fields, String userField) implements Serializable {

  /**
   * @throws IllegalArgumentException with all {@link #problems}
   */
  public FeatureSchema {
    fields = List.copyOf(fields);
    requireNonNull(userField, "userField");
    List<String> problems = problems(fields, userField);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /**
   * Everything that keeps the fields from being a schema, each with its place, as in {@code
   * features[2].of}; empty if they are one.
   */
  public static List<String> problems(List<Field> fields, String userField) {
    return new SchemaCheck(fields).problems(userField);
  }

  public int size() {
    return fields.size();
  }

  /** The raw features that the fields read. */
  public FeatureNames rawNames() {
    return new FeatureNames(fields.stream().filter(Field::isRaw).map(Field::name).toList());
  }

  public Optional<Field> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }

  /**
   * The slot of a field.
   *
   * @throws IllegalArgumentException if there is none of the name
   */
  public int slot(String name) {
    for (int slot = 0; slot < fields.size(); slot++) {
      if (fields.get(slot).name().equals(name)) {
        return slot;
      }
    }
    throw new IllegalArgumentException("no field is named " + name);
  }

  /** The slot of each field number, -1 where no field has the number (the bias has no slot). */
  public int[] slots() {
    int[] slots = new int[Fids.MAX_FIELD + 1];
    Arrays.fill(slots, -1);
    for (int i = 0; i < fields.size(); i++) {
      slots[fields.get(i).number()] = i;
    }
    return slots;
  }
}
