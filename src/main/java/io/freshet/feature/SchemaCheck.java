package io.freshet.feature;

import io.freshet.feature.Field.Categorical;
import io.freshet.feature.Field.Cross;
import io.freshet.feature.Field.Numeric;
import io.freshet.feature.Field.Transform.Buckets;
import io.freshet.feature.Field.Transform.Standardize;
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
      if (fields.get(i) instanceof Numeric numeric) {
        checkTransform("features[" + i + "]", numeric);
      } else if (fields.get(i) instanceof Cross cross) {
        checkCross("features[" + i + "].of", cross);
      }
    }
    if (!(byName.get(userField) instanceof Categorical)) {
      problem(
          "train.user-field: %s is no categorical field; expected one of %s",
          userField, names(fields.stream().filter(Categorical.class::isInstance).toList()));
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

  private void checkTransform(String place, Numeric numeric) {
    if (numeric.transform() instanceof Standardize standardize) {
      checkStandardize(place, standardize);
    } else if (numeric.transform() instanceof Buckets buckets) {
      checkBounds(place, buckets.bounds());
    }
  }

  private void checkStandardize(String place, Standardize standardize) {
    if (!Double.isFinite(standardize.mean())) {
      problem("%s.mean: %s is not finite", place, standardize.mean());
    }
    if (!(standardize.deviation() > 0) || standardize.deviation() == Double.POSITIVE_INFINITY) {
      problem("%s.deviation: %s; expected a finite number above 0", place, standardize.deviation());
    }
  }

  private void checkBounds(String place, List<Double> bounds) {
    boolean ascending = !bounds.isEmpty() && bounds.stream().allMatch(Double::isFinite);
    for (int i = 1; ascending && i < bounds.size(); i++) {
      ascending = bounds.get(i - 1) < bounds.get(i);
    }
    if (!ascending) {
      problem(
          "%s.bounds: %s; expected one or more finite numbers, each above the last", place, bounds);
    }
  }

  private void checkCross(String place, Cross cross) {
    if (cross.of().size() < 2) {
      problem("%s: names %d fields; expected two or more", place, cross.of().size());
    }
    if (new HashSet<>(cross.of()).size() < cross.of().size()) {
      problem("%s: %s names a field twice", place, cross.of());
    }
    List<Field> crossable = fields.stream().filter(SchemaCheck::crossable).toList();
    for (String part : cross.of()) {
      if (!byName.containsKey(part) || !crossable(byName.get(part))) {
        problem(
            "%s: %s is no categorical, multi or bucketed field; expected fields of %s",
            place, part, names(crossable));
      }
    }
  }

  private static boolean crossable(Field field) {
    return !(field instanceof Cross) && !field.carriesNumber();
  }

  private static List<String> names(List<Field> fields) {
    return fields.stream().map(Field::name).toList();
  }
}
