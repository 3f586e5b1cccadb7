package io.freshet.feature;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;

import io.freshet.event.FeatureNames;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The fields of the model.
 *
 * @param fields in the order of the model's input; a field's <em>index</em> is its position there
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
    return new FeatureNames(
        fields.stream().flatMap(field -> field.rawNames().stream()).distinct().toList(),
        fields.stream().filter(Field::takesWeights).map(Field::name).collect(toSet()),
        vectorValues());
  }

  /** How many values its vectors have together. */
  int vectorValues() {
    return fields.stream()
        .filter(VectorField.class::isInstance)
        .mapToInt(Field::numbers)
        .reduce(0, Math::addExact);
  }

  public Optional<Field> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }

  /** The lists that run along a sequence, in the schema's order. */
  public List<ParallelField> along(SequenceField sequence) {
    return fields.stream()
        .filter(ParallelField.class::isInstance)
        .map(ParallelField.class::cast)
        .filter(parallel -> parallel.along().equals(sequence.name()))
        .toList();
  }

  /**
   * The index of a field.
   *
   * @throws IllegalArgumentException if there is none of the name
   */
  public int index(String name) {
    for (int index = 0; index < fields.size(); index++) {
      if (fields.get(index).name().equals(name)) {
        return index;
      }
    }
    throw new IllegalArgumentException("no field is named " + name);
  }

  /** The names of the fields whose values have rows under a number, that of the number first. */
  public List<String> namesOfRows(int number) {
    Optional<Field> owner = fields.stream().filter(f -> f.number() == number).findFirst();
    return owner.stream()
        .flatMap(o -> fields.stream().filter(f -> f == o || f.shares().equals(o.name())))
        .sorted(Comparator.comparing(f -> f != owner.get()))
        .map(Field::name)
        .toList();
  }

  /** The index of each field number, -1 where no field has the number (the bias has no index). */
  public int[] indexes() {
    int[] indexes = new int[Fids.MAX_FIELD + 1];
    Arrays.fill(indexes, -1);
    for (int i = 0; i < fields.size(); i++) {
      indexes[fields.get(i).number()] = i;
    }
    return indexes;
  }
}
