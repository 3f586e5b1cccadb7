package io.freshet.feature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds all that is wrong with the fields of a schema. */
final class SchemaCheck {
  private final List<Field> fields;
  private final Map<String, Field> byName = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  SchemaCheck(List<Field> fields) {
    this.fields = fields;
    fields.forEach(field -> byName.putIfAbsent(field.name(), field));
  }

  List<String> problems(String userField) {
    if (fields.isEmpty()) {
      problem("features: is empty; expected at least one field");
    }
    checkNames();
    checkNumbers();
    for (int i = 0; i < fields.size(); i++) {
      fields.get(i).check("features[" + i + "]", fields, problems::add);
      checkShares(i);
    }
    if (!(byName.get(userField) instanceof CategoricalField)) {
      problem(
          "train.user-field: %s is no categorical field; expected one of %s",
          userField, names(fields.stream().filter(CategoricalField.class::isInstance).toList()));
    }
    return List.copyOf(problems);
  }

  private void problem(String text, Object... values) {
    problems.add(text.formatted(values));
  }

  private void checkNames() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).name();
      if (name.isBlank()) {
        problem("features[%d].name: is blank", i);
      } else if (!names.add(name)) {
        problem(
            "features[%d].name: %s is already the name of another field; expected a unique name",
            i, name);
      }
    }
  }

  private void checkNumbers() {
    Map<Integer, String> names = new HashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      int number = fields.get(i).number();
      if (number < 1 || number > Fids.MAX_FIELD) {
        problem("features[%d].number: %d is not in 1..%d", i, number, Fids.MAX_FIELD);
      }
      String other = names.putIfAbsent(number, fields.get(i).name());
      if (other != null) {
        problem(
            "features[%d].number: %d is already the number of %s; expected a unique number",
            i, number, other);
      }
    }
  }

  private void checkShares(int i) {
    String shares = fields.get(i).shares();
    List<Field> owners =
        fields.stream().filter(f -> f.namesValues() && f.shares().isEmpty()).toList();
    if (!shares.isEmpty() && owners.stream().noneMatch(f -> f.name().equals(shares))) {
      problem(
          "features[%d].%s: %s is no categorical or multi field with rows of its own; expected one"
              + " of %s",
          i, fields.get(i).sharesKey(), shares, names(owners));
    }
  }

  private static List<String> names(List<Field> fields) {
    return fields.stream().map(Field::name).toList();
  }
}
