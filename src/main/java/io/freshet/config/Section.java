package io.freshet.config;

import io.freshet.config.Node.Entry;
import io.freshet.config.Node.Mapping;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Reads the keys of one mapping.
 *
 * <p>Reading never throws: what is wrong is added to the problems with its place, and a usable
 * value is handed out instead, so that one pass finds everything. The keys that were asked for are
 * the keys there are: {@link #end} reports all others. Items of lists count from 1.
 */
final class Section {
  private final Mapping node;
  private final String path;
  private final Problems problems;
  private final NodeReader nodes;
  private final Set<String> known = new LinkedHashSet<>();
  private final List<Section> children = new ArrayList<>();
  private final Map<String, Object> effective = new LinkedHashMap<>();
  private boolean kindKnown = true;

  private Section(Mapping node, String path, Problems problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
    this.nodes = new NodeReader(problems);
  }

  static Section root(Mapping document, Problems problems) {
    return new Section(document, "", problems);
  }

  /**
   * A whole document, with its overrides.
   *
   * @throws ConfigException if it is no mapping in YAML
   */
  static Section root(String yaml, String source, List<String> overrides, Problems problems) {
    Node document = YamlTree.document(yaml, source, problems);
    problems.refuse();
    Mapping mapping = new NodeReader(problems).mapping(document, "");
    new Overrides(mapping, problems).apply(overrides);
    return root(mapping, problems);
  }

  boolean has(String key) {
    return node.entries().containsKey(key);
  }

  /** A single value, or what holds where there is none. */
  <T> T get(String key, T otherwise, ValueParser<T> wanted) {
    T value = find(key).flatMap(n -> nodes.single(n, path(key), wanted)).orElse(otherwise);
    note(key, wanted.show().apply(value));
    return value;
  }

  /** A single value that has to be there; nothing when it is not. */
  <T> Optional<T> require(String key, ValueParser<T> wanted) {
    Optional<T> value = need(key, wanted.phrase()).flatMap(n -> nodes.single(n, path(key), wanted));
    value.ifPresent(v -> note(key, wanted.show().apply(v)));
    return value;
  }

  /**
   * As {@link #get}, for a key that decides which keys there are beside it: when it is wrong, they
   * are not judged.
   */
  <T> T kind(String key, T otherwise, ValueParser<T> wanted) {
    return has(key) ? requireKind(key, wanted).orElse(otherwise) : get(key, otherwise, wanted);
  }

  /** As {@link #kind}, without a default. */
  <T> Optional<T> requireKind(String key, ValueParser<T> wanted) {
    Optional<T> kind = require(key, wanted);
    kindKnown &= kind.isPresent();
    return kind;
  }

  /** A list of single values. */
  <T> List<T> list(String key, List<T> otherwise, ValueParser<T> wanted) {
    List<T> values = find(key).map(n -> nodes.list(n, path(key), wanted)).orElse(otherwise);
    note(key, values.stream().map(wanted.show()).toList());
    return values;
  }

  /** A list that has to be there; empty when it is not. */
  <T> List<T> requireList(String key, ValueParser<T> wanted) {
    List<T> values =
        need(key, "a list").map(n -> nodes.list(n, path(key), wanted)).orElse(List.of());
    note(key, values.stream().map(wanted.show()).toList());
    return values;
  }

  /** A list of mappings that has to be there; empty when it is not. */
  List<Section> requireSections(String key) {
    List<Node> items = need(key, "a list").map(n -> nodes.items(n, path(key))).orElse(List.of());
    List<Section> sections = new ArrayList<>();
    for (Node item : items) {
      sections.add(child(item, path(key) + '[' + (sections.size() + 1) + ']'));
    }
    note(key, sections.stream().map(section -> section.effective).toList());
    return sections;
  }

  /** A mapping in this one; empty when it is not there. */
  Section section(String key) {
    Section child = child(find(key).orElseGet(() -> Mapping.empty(node.place())), path(key));
    note(key, child.effective);
    return child;
  }

  /** This mapping as a record; {@code otherwise} when the record's constructor refuses it. */
  <T> T as(T otherwise, BiFunction<Section, T, T> read) {
    return make(() -> read.apply(this, otherwise)).orElse(otherwise);
  }

  /** What is made of this mapping; nothing, and a problem, when a constructor refuses to. */
  <T> Optional<T> make(Supplier<T> maker) {
    int before = problems.count();
    try {
      return Optional.of(maker.get());
    } catch (IllegalArgumentException e) {
      if (problems.count() == before) {
        problems.error(node.place(), path, e.getMessage());
      }
      return Optional.empty();
    }
  }

  /** Takes a key as one there is, without reading it. */
  void known(String key) {
    known.add(key);
  }

  /** Every key of a mapping in this one, with its value. */
  <T> Map<String, T> values(String key, ValueParser<T> wanted) {
    return section(key).all(wanted);
  }

  /** Every key of this mapping with its value. */
  <T> Map<String, T> all(ValueParser<T> wanted) {
    Map<String, T> all = new LinkedHashMap<>();
    for (String key : node.entries().keySet()) {
      require(key, wanted).ifPresent(value -> all.put(key, value));
    }
    return all;
  }

  /** Something wrong with the value of a key, or of {@code key.key…}. */
  void error(String key, String text) {
    problems.error(node.place(key), path(key), text);
  }

  /** Something doubtful about the value of a key, or of {@code key.key…}. */
  void warning(String key, String text) {
    problems.warning(node.place(key), path(key), text);
  }

  /** Keys that may be there, and are judged by another reader. */
  void leave(String... keys) {
    known.addAll(List.of(keys));
  }

  /** Says what a key comes to, for {@link #effective}, where that is not what was asked for. */
  void note(String key, Object value) {
    effective.put(key, value);
  }

  /** Says that a key which was asked for counts for nothing here, and may not even be given. */
  void noteNothing(String key) {
    effective.remove(key);
  }

  /**
   * Every key that was asked for, in that order, with what it comes to: as it was given, or else by
   * default. Secrets are left out.
   *
   * @return numbers, booleans and text, in lists and maps
   */
  Map<String, Object> effective() {
    return Collections.unmodifiableMap(effective);
  }

  /** Reports every key that nobody asked for, here and below. */
  void end() {
    if (kindKnown) {
      node.entries().forEach((key, entry) -> reportUnknown(key, entry.keyPlace()));
    }
    children.forEach(Section::end);
  }

  private void reportUnknown(String key, Place place) {
    if (!known.contains(key)) {
      String instead =
          Suggestions.to(key, known)
              .map(k -> "; did you mean " + k + '?')
              .orElse("; known here: " + String.join(", ", known));
      problems.error(place, path(key), "is not a known key" + instead);
    }
  }

  private Optional<Node> find(String key) {
    known.add(key);
    return Optional.ofNullable(node.entries().get(key)).map(Entry::value);
  }

  private Optional<Node> need(String key, String wanted) {
    Optional<Node> found = find(key);
    if (found.isEmpty()) {
      error(key, "is missing; give " + wanted);
    }
    return found;
  }

  private Section child(Node found, String childPath) {
    Section child = new Section(nodes.mapping(found, childPath), childPath, problems);
    children.add(child);
    return child;
  }

  private String path(String key) {
    String shown = Secrets.key(path, key);
    return path.isEmpty() ? shown : path + '.' + shown;
  }
}
