package io.freshet.config.option;

import io.freshet.config.option.Node.Mapping;
import io.freshet.config.option.Node.Scalar;
import io.freshet.config.option.Node.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes a node for what it should be; when it is something else, that is a problem. */
record NodeReader(Problems problems) {
  private static final int SHOWN = 60;

  /** The value of a node; nothing, when it is not what is type. */
  <T> Optional<T> single(Node node, String key, ValueType<T> type) {
    if (!(node instanceof Scalar scalar) || scalar.absent()) {
      refuse(node, key, type.phrase());
      return Optional.empty();
    }
    Optional<String> text = type.isLate() ? Optional.of(scalar.text()) : resolved(scalar, key);
    Optional<T> value = text.flatMap(type.parse());
    if (text.isPresent() && value.isEmpty()) {
      problems.error(
          node.place(),
          key,
          quoted(scalar.text(), type.isQuoted()) + " is not allowed; expected " + type.phrase());
    }
    return value;
  }

  /** The text with the values that it refers to, which no message shows. */
  private Optional<String> resolved(Scalar scalar, String key) {
    try {
      String text = References.resolve(scalar.text());
      if (References.any(scalar.text())) {
        problems.hide(text, scalar.text());
      }
      return Optional.of(text);
    } catch (References.UnresolvedException e) {
      problems.error(scalar.place(), key, e.getMessage());
      return Optional.empty();
    }
  }

  /** The values of a list, without those that are not what is type. */
  <T> List<T> list(Node node, String key, ValueType<T> type) {
    List<T> values = new ArrayList<>();
    for (Node item : items(node, key)) {
      single(item, key, type).ifPresent(values::add);
    }
    return values;
  }

  List<Node> items(Node node, String key) {
    if (node instanceof Sequence sequence) {
      return sequence.items();
    }
    refuse(node, key, "a list");
    return List.of();
  }

  /** A key with nothing after it is an empty mapping: every key below it has been left out. */
  Mapping mapping(Node node, String key) {
    if (node instanceof Mapping mapping) {
      return mapping;
    }
    if (!(node instanceof Scalar scalar) || !scalar.absent()) {
      refuse(node, key, "a mapping of keys");
    }
    return Mapping.empty(node.place());
  }

  private void refuse(Node node, String key, String expected) {
    boolean absent = node instanceof Scalar scalar && scalar.absent();
    String found = absent ? node.sort() : node.sort() + " is not allowed";
    problems.error(node.place(), key, found + "; expected " + expected);
  }

  private static String quoted(String text, boolean isQuoted) {
    if (isQuoted) {
      return shown(text);
    }
    return References.any(text) ? References.shown(text) : "the value";
  }

  private static String shown(String text) {
    String line = text.isBlank() ? "'" + text + "'" : text;
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }
}
