package io.freshet.config.option;

import java.util.List;
import java.util.Optional;

/** An option of a section that is being declared. */
public final class Declaration {
  private final Section section;
  private final String key;
  private final String sentence;

  Declaration(Section section, String key, String sentence) {
    this.section = section;
    this.key = key;
    this.sentence = sentence;
  }

  /** A single value, or what holds where there is none. */
  public <T> T get(ValueType<T> type, T otherwise) {
    declare(false, type.show().apply(otherwise), new Option.Value(type));
    return section.note(key, type, section.single(key, type).orElse(otherwise));
  }

  /** As {@link #get}, where the default follows from other options as the sentence says. */
  public <T> T derived(ValueType<T> type, T otherwise) {
    return section.note(key, type, find(type).orElse(otherwise));
  }

  /** A single value, if it is given. */
  public <T> Optional<T> find(ValueType<T> type) {
    declare(false, null, new Option.Value(type));
    return section.single(key, type);
  }

  /** A single value that has to be there; nothing when it is not. */
  public <T> Optional<T> require(ValueType<T> type) {
    declare(true, null, new Option.Value(type));
    section.need(key, type.phrase());
    Optional<T> value = section.single(key, type);
    value.ifPresent(v -> section.note(key, type, v));
    return value;
  }

  /** A list of single values. */
  public <T> List<T> list(ValueType<T> type, List<T> otherwise) {
    declare(false, shown(otherwise, type), new Option.Values(type, 0));
    return note(type, section.values(key, type).orElse(otherwise));
  }

  /** A list with enough values, which has to be there; empty when it is not. */
  public <T> List<T> requireList(ValueType<T> type, int atLeast) {
    declare(true, null, new Option.Values(type, atLeast));
    section.need(key, "a list");
    section.checkSize(key, atLeast);
    return note(type, section.values(key, type).orElse(List.of()));
  }

  private void declare(boolean required, Object otherwise, Option.Content content) {
    section.declare(key, sentence, required, otherwise, content);
  }

  private <T> List<T> note(ValueType<T> type, List<T> values) {
    section.note(key, shown(values, type));
    return values;
  }

  private static <T> List<Object> shown(List<T> values, ValueType<T> type) {
    return values.stream().map(type.show()).toList();
  }
}
