package io.freshet.config.option;

import java.util.List;
import java.util.Optional;

/**
 * One option of a section, as its stage declares it.
 *
 * @param sentence says what it means
 * @param required whether it has to be given
 * @param otherwise what holds where it is not given, as a configuration shows it; empty where that
 *     follows from other options, and the sentence says how
 */
public record Option(
    String key, String sentence, boolean required, Optional<Object> otherwise, Content content) {

  /** What an option holds. */
  public sealed interface Content {}

  /** A single value. */
  public record Value(ValueType<?> type) implements Content {}

  /** A list of single values. */
  public record Values(ValueType<?> type, int atLeast) implements Content {}

  /** A mapping of any keys, but for some, to values of one type. */
  public record Entries(ValueType<?> type, List<String> refused) implements Content {}

  /** A section. */
  public record Group(List<Option> options) implements Content {}

  /** A list of sections. */
  public record Groups(List<Option> options, int atLeast) implements Content {}

  /** The name of a kind, which brings options of its own into the same section. */
  public record Choice(List<Variant> variants) implements Content {}

  /** One kind with its options. */
  public record Variant(String name, String sentence, List<Option> options) {}

  /** Whether a configuration without it is refused. */
  public boolean isNeeded() {
    return required
        || content instanceof Group group && group.options().stream().anyMatch(Option::isNeeded);
  }
}
