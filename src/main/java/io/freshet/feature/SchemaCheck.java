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
      problems.add("features: is empty; expected at least one field");
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
      problems.add(
          "train.user-field: %s is no categorical field; expected one of %s"
              .formatted(
                  userField,
                  names(fields.stream().filter(Categorical.class::isInstance).toList())));
    }
    return List.copyOf(problems);
  }

  private void checkNames() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).name();
      if (name.isBlank()) {
        problems.add("features[%d].name: is blank".formatted(i));
      } else if (!names.add(name)) {
        problems.add(
            "features[%d].name: %s is already the name of another field; expected a unique name"
                .formatted(i, name));
      }
    }
  }

  private void checkNumbers() {
    Map<Integer, String> names = new HashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      int number = fields.get(i).number();
      if (number < 1 || number > Fids.MAX_FIELD) {
        problems.add(
            "features[%d].number: %d is not in 1..%d".formatted(i, number, Fids.MAX_FIELD));
      }
      String other = names.putIfAbsent(number, fields.get(i).name());
      if (other != null) {
        problems.add(
            "features[%d].number: %d is already the number of %s; expected a unique number"
                .formatted(i, number, other));
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
      problems.add(place + ".mean: " + standardize.mean() + " is not finite");
    }
    if (!(standardize.deviation() > 0) || standardize.deviation() == Double.POSITIVE_INFINITY) {
      problems.add(
          place + ".deviation: " + standardize.deviation() + "; expected a finite number above 0");
    }
  }

  private void checkBounds(String place, List<Double> bounds) {
    boolean ascending = !bounds.isEmpty() && bounds.stream().allMatch(Double::isFinite);
    for (int i = 1; ascending && i < bounds.size(); i++) {
      ascending = bounds.get(i - 1) < bounds.get(i);
    }
    if (!ascending) {
      problems.add(
          place
              + ".bounds: "
              + bounds
              + "; expected one or more finite numbers, each above the last");
    }
  }

  private void checkCross(String place, Cross cross) {
    if (cross.of().size() < 2) {
      problems.add(place + ": names " + cross.of().size() + " fields; expected two or more");
    }
    if (new HashSet<>(cross.of()).size() < cross.of().size()) {
      problems.add(place + ": " + cross.of() + " names a field twice");
    }
    List<Field> crossable = fields.stream().filter(SchemaCheck::crossable).toList();
    for (String part : cross.of()) {
      if (!byName.containsKey(part) || !crossable(byName.get(part))) {
        problems.add(
            place
                + ": %s is no categorical, multi or bucketed field; expected fields of %s"
                    .formatted(part, names(crossable)));
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
