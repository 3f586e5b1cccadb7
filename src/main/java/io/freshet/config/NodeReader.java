package io.freshet.config;

import io.freshet.config.Node.Mapping;
import io.freshet.config.Node.Scalar;
import io.freshet.config.Node.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes a node for what it should be; when it is something else, that is a problem. */
record NodeReader(Problems problems) {
  private static final int SHOWN = 60;

  /** The value of a node; nothing, when it is not what is wanted. */
  <T> Optional<T> single(Node node, String key, ValueParser<T> wanted) {
    if (!(node instanceof Scalar scalar) || scalar.absent()) {
      problems.error(node.place(), key, "is " + node.sort() + ", not " + wanted.phrase());
      return Optional.empty();
    }
    Optional<T> value = wanted.parse().apply(scalar.text());
    if (value.isEmpty()) {
      problems.error(node.place(), key, shown(scalar.text()) + " is not " + wanted.phrase());
    }
    return value;
  }

  /** The values of a list, without those that are not what is wanted. */
  <T> List<T> list(Node node, String key, ValueParser<T> wanted) {
    List<T> values = new ArrayList<>();
    for (Node item : items(node, key)) {
      single(item, key, wanted).ifPresent(values::add);
    }
    return values;
  }

  List<Node> items(Node node, String key) {
    if (node instanceof Sequence sequence) {
      return sequence.items();
    }
    problems.error(node.place(), key, "is " + node.sort() + ", not a list");
    return List.of();
  }

  /** A key with nothing after it is an empty mapping: every key below it has been left out. */
  Mapping mapping(Node node, String key) {
    if (node instanceof Mapping mapping) {
      return mapping;
    }
    if (!(node instanceof Scalar scalar) || !scalar.absent()) {
      problems.error(node.place(), key, "is " + node.sort() + ", not a mapping of keys");
    }
    return Mapping.empty(node.place());
  }

  private static String shown(String text) {
    String line = text.isBlank() ? "'" + text + "'" : text.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }
}
