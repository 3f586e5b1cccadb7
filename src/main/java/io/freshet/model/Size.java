package io.freshet.model;

import static io.freshet.config.option.ValueType.bool;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Section;
import io.freshet.feature.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An option that only some kinds of model have.
 *
 * @param form what it holds
 * @param most of a number
 * @param otherwise its default
 * @param needs the key of another, without which it says nothing; empty where there is none
 */
record Size(
    String key, String sentence, Form form, int most, List<Integer> otherwise, String needs) {
  private static final int MOST_UNITS = 8192;

  /** Of kinds whose layers several tasks may share. */
  static final List<Size> OF_TASKS =
      List.of(
          number(
              "task-experts",
              64,
              0,
              "Experts, each of the kind's layers, that several tasks share, each task by a gate of"
                  + " its own (MMoE, Ma et al. 2018); 0: layers of its own for each task."),
          layers(
                  "tower-layers",
                  List.of(),
                  "Units of each hidden layer of a task over what its gate mixes of the experts;"
                      + " may be `[]`.")
              .where("task-experts"));

  /** What an option holds. */
  enum Form {
    NUMBER,
    LAYERS,
    FLAG,
    FIELDS
  }

  static Size number(String key, int most, int otherwise, String sentence) {
    return new Size(key, sentence, Form.NUMBER, most, List.of(otherwise), "");
  }

  static Size layers(String key, List<Integer> otherwise, String sentence) {
    return new Size(key, sentence, Form.LAYERS, MOST_UNITS, otherwise, "");
  }

  static Size flag(String key, String sentence) {
    return new Size(key, sentence, Form.FLAG, 1, List.of(0), "");
  }

  /** Names of fields in the configuration, their numbers here. */
  static Size fields(String key, String sentence) {
    return new Size(key, sentence, Form.FIELDS, 0, List.of(), "");
  }

  Size where(String other) {
    return new Size(key, sentence, form, most, otherwise, other);
  }

  List<Integer> read(Section s, List<Field> fields) {
    return switch (form) {
      case NUMBER ->
          List.of(s.option(key, sentence).get(wholeNumber(least(), most), otherwise.get(0)));
      case LAYERS -> s.option(key, sentence).list(wholeNumber(1, most), otherwise);
      case FLAG -> List.of(s.option(key, sentence).get(bool(), false) ? 1 : 0);
      case FIELDS -> numbers(s, fields);
    };
  }

  private int least() {
    return Math.min(1, otherwise.get(0));
  }

  private List<Integer> numbers(Section s, List<Field> fields) {
    List<Integer> numbers = new ArrayList<>();
    for (String name : s.option(key, sentence).list(text(), List.of())) {
      Optional<Field> found = fields.stream().filter(f -> f.name().equals(name)).findFirst();
      found.ifPresent(field -> numbers.add(field.number()));
      if (found.isEmpty()) {
        s.error(
            key,
            "%s is no feature; expected some of: %s"
                .formatted(
                    name, fields.stream().map(Field::name).collect(Collectors.joining(", "))));
      }
    }
    return numbers;
  }
}
