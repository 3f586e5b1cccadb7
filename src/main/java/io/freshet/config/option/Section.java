package io.freshet.config.option;

import io.freshet.config.option.Node.Entry;
import io.freshet.config.option.Node.Mapping;
import io.freshet.config.option.Node.Scalar;
import io.freshet.config.option.Node.Sequence;
import io.freshet.config.option.Option.Content;
import io.freshet.config.option.Option.Variant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Declares and reads the options of one mapping.
 *
 * <p>Reading never throws: what is wrong is added to the problems with its place, and a usable
 * value is handed out instead, so that one pass finds everything. The declared keys are the keys
 * there are: {@link #end} reports all others. Items of lists count from 1.
 */
public final class Section {
  /** Shown in place of a value that may be a secret. */
  public static final String HIDDEN = "(hidden)";

  private final Mapping node;
  private final String path;
  private final Problems problems;
  private final boolean describing;
  private final NodeReader nodes;
  private final List<Option> options = new ArrayList<>();
  private final Set<String> known = new LinkedHashSet<>();
  private final List<Section> children = new ArrayList<>();
  private final Map<String, Object> effective = new LinkedHashMap<>();
  private boolean kindKnown = true;

  private Section(Mapping node, String path, Problems problems, boolean describing) {
    this.node = node;
    this.path = path;
    this.problems = problems;
    this.describing = describing;
    this.nodes = new NodeReader(problems);
  }

  static Section root(Mapping document, Problems problems) {
    return new Section(document, "", problems, false);
  }

  /**
   * A whole document, with its overrides.
   *
   * @param overrides {@code key=value} each; a later one wins
   * @throws ConfigException if it is no mapping in YAML
   */
  public static Section root(String yaml, String source, List<String> overrides) {
    Problems problems = new Problems();
    Node document = YamlTree.document(yaml, source, problems);
    problems.refuse();
    Mapping mapping = new NodeReader(problems).mapping(document, "");
    new Overrides(mapping, problems).apply(overrides);
    return root(mapping, problems);
  }

  /** What a reader makes of nothing at all: its defaults. */
  public static <T> T defaults(Function<Section, T> read) {
    return read.apply(empty(false));
  }

  /**
   * Every option that a reader declares, those of all kinds among them.
   *
   * @param yaml the least that it takes
   */
  public static List<Option> options(String yaml, Function<Section, ?> read) {
    Section root = root(yaml, "", List.of());
    Section section = new Section(root.node, "", root.problems, true);
    section.read(read);
    return List.copyOf(section.options);
  }

  private static Section empty(boolean describing) {
    return new Section(Mapping.empty(Place.file("")), "", new Problems(), describing);
  }

  public boolean has(String key) {
    return node.entries().containsKey(key);
  }

  /** Declares an option; how it is read then decides what it holds. */
  public Declaration option(String key, String sentence) {
    return new Declaration(this, key, sentence);
  }

  /** A list of mappings; empty when it is not there. What a constructor refuses is left out. */
  public <T> List<T> sections(String key, int atLeast, Function<Section, T> read, String sentence) {
    declareGroups(key, atLeast, false, read, sentence);
    return items(key, atLeast, value(key), read);
  }

  /** As {@link #sections}, but it has to be there. */
  public <T> List<T> requireSections(
      String key, int atLeast, Function<Section, T> read, String sentence) {
    declareGroups(key, atLeast, true, read, sentence);
    return items(key, atLeast, need(key, "a list"), read);
  }

  /** A mapping in this one; empty when it is not there. */
  public Section section(String key, String sentence) {
    Section child = open(key);
    Content content = new Option.Group(Collections.unmodifiableList(child.options));
    declare(key, sentence, false, null, content);
    return child;
  }

  /** A mapping as a record; the record's defaults when its constructor refuses the mapping. */
  public <T> T section(String key, Function<Section, T> read, String sentence) {
    return section(key, sentence).as(read);
  }

  /** This mapping as a record; the record's defaults when its constructor refuses the mapping. */
  public <T> T as(Function<Section, T> read) {
    return make(() -> read.apply(this)).orElseGet(() -> defaults(read));
  }

  /**
   * The whole document as a record.
   *
   * @throws ConfigException with every problem, if there is any
   */
  public <T> T read(Function<Section, T> read) {
    Optional<T> made = make(() -> read.apply(this));
    problems.refuse();
    return made.orElseThrow();
  }

  /** What is made of this mapping; nothing, and a problem, when a constructor refuses to. */
  public <T> Optional<T> make(Supplier<T> maker) {
    int before = problems.count();
    try {
      return Optional.ofNullable(maker.get());
    } catch (IllegalArgumentException e) {
      if (problems.count() == before) {
        problems.error(node.place(), path, problems.withoutValues(e.getMessage()));
      }
      return Optional.empty();
    }
  }

  /**
   * A mapping of any keys to values of one type.
   *
   * @param refused keys that must not be there, each with what to do instead
   */
  public <T> Map<String, T> entries(
      String key, ValueType<T> type, Map<String, String> refused, String sentence) {
    Section child = open(key);
    List<String> refusedKeys = refused.keySet().stream().sorted().toList();
    declare(key, sentence, false, null, new Option.Entries(type, refusedKeys));
    Map<String, T> entries = new LinkedHashMap<>();
    for (String name : child.node.entries().keySet()) {
      child.option(name, "").require(type).ifPresent(value -> entries.put(name, value));
      if (refused.containsKey(name)) {
        child.error(name, "not allowed; " + refused.get(name));
      }
    }
    return entries;
  }

  /**
   * What is read by the kind that a key names. When the name is wrong, the keys beside it are not
   * judged.
   */
  public <T> T kind(String key, List<Kind<T>> kinds, String otherwise, String sentence) {
    declareChoice(key, kinds, otherwise, sentence);
    Kind<T> kind =
        named(key, kinds, value(key))
            .orElseGet(
                () ->
                    kinds.stream()
                        .filter(k -> k.name().equals(otherwise))
                        .findFirst()
                        .orElseThrow());
    note(key, kind.name());
    return kind.read().apply(describing ? empty(true) : this);
  }

  /** As {@link #kind}, without a default; nothing when it is missing, wrong or refused. */
  public <T> Optional<T> requireKind(String key, List<Kind<T>> kinds, String sentence) {
    declareChoice(key, kinds, null, sentence);
    Optional<Node> found = need(key, ValueType.oneOf(kinds, Kind::name).phrase());
    kindKnown &= found.isPresent();
    return named(key, kinds, found).flatMap(kind -> make(() -> kind.read().apply(this)));
  }

  /** Something wrong with the value of a key, or of {@code key.key…}. */
  public void error(String key, String text) {
    problems.error(node.place(key), path(key), problems.withoutValues(text));
  }

  /** Something doubtful about the value of a key, or of {@code key.key…}. */
  public void warning(String key, String text) {
    problems.warning(node.place(key), path(key), problems.withoutValues(text));
  }

  /** Keys that may be there, and are judged by another reader. */
  public void leave(List<String> keys) {
    known.addAll(keys);
  }

  /**
   * Says what a key comes to, for {@link #effective}, where that is not what was asked for. What
   * was written with references is shown as it was written.
   */
  public void note(String key, Object value) {
    effective.put(key, value(key).map(node -> asWritten(node, value)).orElse(value));
  }

  private static Object asWritten(Node node, Object value) {
    if (node instanceof Scalar scalar && References.any(scalar.text())) {
      return value instanceof String text && References.any(text) ? text : scalar.text();
    } else if (node instanceof Sequence list
        && value instanceof List<?> values
        && list.items().size() == values.size()) {
      return IntStream.range(0, values.size())
          .mapToObj(i -> asWritten(list.items().get(i), values.get(i)))
          .toList();
    }
    return value;
  }

  /** Says that a key which was asked for counts for nothing here, and may not even be given. */
  public void noteNothing(String key) {
    effective.remove(key);
  }

  /**
   * Every key that was asked for, in that order, with what it comes to: as it was given, or else by
   * default. Secrets are left out.
   *
   * @return numbers, booleans and text, in lists and maps
   */
  public Map<String, Object> effective() {
    return Collections.unmodifiableMap(effective);
  }

  /**
   * Reports every key that nobody asked for, here and below, and goes no further if anything is
   * wrong.
   *
   * @throws ConfigException with every problem
   */
  public void end() {
    reportUnknown();
    problems.refuse();
  }

  /** What is doubtful so far, a line each. */
  public List<String> warnings() {
    return problems.warnings();
  }

  private void reportUnknown() {
    if (kindKnown) {
      node.entries().forEach((key, entry) -> reportUnknown(key, entry.keyPlace()));
    }
    children.forEach(Section::reportUnknown);
  }

  private void reportUnknown(String key, Place place) {
    if (!known.contains(key)) {
      String near = Suggestions.question(key, known);
      String text = near.isEmpty() ? "; expected one of: " + String.join(", ", known) : near;
      problems.error(place, path(key), "unknown key" + text);
    }
  }

  void declare(String key, String sentence, boolean required, Object otherwise, Content content) {
    known.add(key);
    options.add(new Option(key, sentence, required, Optional.ofNullable(otherwise), content));
  }

  private void declareGroups(
      String key, int atLeast, boolean required, Function<Section, ?> read, String sentence) {
    Content content = new Option.Groups(describing ? options(read) : List.of(), atLeast);
    declare(key, sentence, required, null, content);
  }

  private <T> void declareChoice(
      String key, List<Kind<T>> kinds, String otherwise, String sentence) {
    List<Variant> variants = new ArrayList<>();
    for (Kind<T> kind : describing ? kinds : List.<Kind<T>>of()) {
      variants.add(new Variant(kind.name(), kind.sentence(), options(kind.read())));
    }
    declare(key, sentence, otherwise == null, otherwise, new Option.Choice(variants));
  }

  /** What a reader declares, whatever it makes of nothing. */
  private static List<Option> options(Function<Section, ?> read) {
    Section section = empty(true);
    section.make(() -> read.apply(section));
    return Collections.unmodifiableList(section.options);
  }

  private <T> Optional<Kind<T>> named(String key, List<Kind<T>> kinds, Optional<Node> found) {
    ValueType<Kind<T>> type = ValueType.oneOf(kinds, Kind::name);
    Optional<Kind<T>> kind = found.flatMap(n -> nodes.single(n, path(key), type));
    kindKnown &= kind.isPresent() || found.isEmpty();
    kind.ifPresent(k -> note(key, k.name()));
    return kind;
  }

  private <T> List<T> items(
      String key, int atLeast, Optional<Node> found, Function<Section, T> read) {
    List<T> items = new ArrayList<>();
    List<Object> shown = new ArrayList<>();
    for (Node item : found.map(n -> nodes.items(n, path(key))).orElse(List.of())) {
      Section section = child(item, path(key) + '[' + (shown.size() + 1) + ']');
      section.make(() -> read.apply(section)).ifPresent(items::add);
      shown.add(section.effective);
    }
    checkSize(key, atLeast);
    note(key, shown);
    return items;
  }

  void checkSize(String key, int atLeast) {
    if (has(key)
        && node.entries().get(key).value() instanceof Sequence list
        && list.items().size() < atLeast) {
      error(
          key,
          "%s items are not allowed; expected %s or more".formatted(list.items().size(), atLeast));
    }
  }

  /** As {@link #note(String, Object)}, a value of a type. */
  public <T> T note(String key, ValueType<T> type, T value) {
    note(key, type.show().apply(value));
    return value;
  }

  <T> Optional<T> single(String key, ValueType<T> type) {
    return value(key).flatMap(n -> nodes.single(n, path(key), type));
  }

  private Optional<Node> value(String key) {
    return Optional.ofNullable(node.entries().get(key)).map(Entry::value);
  }

  <T> Optional<List<T>> values(String key, ValueType<T> type) {
    return value(key).map(n -> nodes.list(n, path(key), type));
  }

  Optional<Node> need(String key, String expected) {
    Optional<Node> found = value(key);
    if (found.isEmpty()) {
      error(key, "missing; expected " + expected);
    }
    return found;
  }

  private Section open(String key) {
    Section child = child(value(key).orElseGet(() -> Mapping.empty(node.place())), path(key));
    note(key, child.effective);
    return child;
  }

  private Section child(Node found, String childPath) {
    Section child = new Section(nodes.mapping(found, childPath), childPath, problems, describing);
    children.add(child);
    return child;
  }

  private String path(String key) {
    String shown = Secrets.key(path, key);
    return path.isEmpty() ? shown : path + '.' + shown;
  }
}
