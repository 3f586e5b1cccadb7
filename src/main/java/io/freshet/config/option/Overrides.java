package io.freshet.config.option;

import io.freshet.config.option.Node.Entry;
import io.freshet.config.option.Node.Mapping;
import io.freshet.config.option.Node.Scalar;
import java.util.List;

/**
 * Puts {@code key=value} options into a tree, as if they had been written in the file: the key with
 * dots between its levels, the value as YAML ({@code model.hidden-layers=[64, 32]}); a later option
 * wins.
 *
 * <p>What follows {@code kafka.properties.} is one key, dots and all, and its value is taken as it
 * stands: passwords are no YAML.
 */
final class Overrides {
  private final Mapping root;
  private final Problems problems;

  Overrides(Mapping root, Problems problems) {
    this.root = root;
    this.problems = problems;
  }

  void apply(List<String> options) {
    options.forEach(this::apply);
  }

  private void apply(String option) {
    int equals = option.indexOf('=');
    String key = (equals < 0 ? option : option.substring(0, equals)).strip();
    Place place = Place.option(key);
    if (equals < 1 || key.matches(".*\\s.*")) {
      refuse(key);
      return;
    }
    String value = option.substring(equals + 1);
    if (key.startsWith(Secrets.VERBATIM + '.')) {
      put(key.split("\\.", 3), place, new Scalar(place, value, false));
      return;
    }
    int before = problems.count();
    Node node = YamlTree.value(value, place, problems);
    if (problems.count() == before) {
      put(key.split("\\.", -1), place, node);
    }
  }

  /** Shows no more than a key: a forgotten "=" may stand before a secret. */
  private void refuse(String option) {
    String key = option.split("\\s", 2)[0];
    problems.error(Place.option(key), key, "not of the form key=value");
  }

  private void put(String[] path, Place place, Node node) {
    Mapping at = root;
    for (int i = 0; i < path.length - 1; i++) {
      Node next = at.entries().computeIfAbsent(path[i], k -> level(place)).value();
      if (next instanceof Scalar scalar && scalar.absent()) {
        at.entries().put(path[i], level(place));
        next = at.entries().get(path[i]).value();
      }
      if (!(next instanceof Mapping mapping)) {
        String key = String.join(".", List.of(path).subList(0, i + 1));
        problems.error(
            place, String.join(".", path), key + " is " + next.sort() + "; set it as a whole");
        return;
      }
      at = mapping;
    }
    at.entries().put(path[path.length - 1], new Entry(place, node));
  }

  private static Entry level(Place place) {
    return new Entry(place, Mapping.empty(place));
  }
}
