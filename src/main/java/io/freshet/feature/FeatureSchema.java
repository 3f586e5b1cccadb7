package io.freshet.feature;

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
public record FeatureSchema(List<Field> fields, String userField) {

  public FeatureSchema {
    fields = List.copyOf(fields);
  }

  /** Number of fields. */
  public int size() {
    return fields.size();
  }

  public Optional<Field> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
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
