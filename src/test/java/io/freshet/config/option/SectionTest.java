package io.freshet.config.option;

import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.wholeNumber;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.groups.Tuple.tuple;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SectionTest {
  /** A stage's settings, and how they are declared. */
  private record Shop(int shelves, Duration open) {
    Shop {
      if (open.toHours() > shelves) {
        throw new IllegalArgumentException(shelves + " shelves are too few for " + open);
      }
    }

    static Shop read(Section s) {
      return new Shop(
          s.option("shelves", "Number of shelves.").get(wholeNumber(1, 99), 10),
          s.option("open", "Hours a day.").get(duration("1 h", "1 d"), Duration.ofHours(8)));
    }

    static Shop document(Section s) {
      Shop shop = s.section("shop", Shop::read, "A shop.");
      s.end();
      return shop;
    }
  }

  @Test
  void usageExample() {
    Section root = Section.root("shop: {shelves: 12}\n", "f.yaml", List.of("shop.open=9 h"));

    assertThat(root.read(Shop::document)).isEqualTo(new Shop(12, Duration.ofHours(9)));
    assertThat(root.effective()).hasToString("{shop={shelves=12, open=9 h}}");
  }

  @Test
  void aReaderOfNothingGivesTheDefaults() {
    assertThat(Section.defaults(Shop::read)).isEqualTo(new Shop(10, Duration.ofHours(8)));
  }

  @Test
  void whatIsReadIsDeclared() {
    Option shop = Section.options("{}", Shop::document).get(0);

    assertThat(((Option.Group) shop.content()).options())
        .extracting(Option::key, Option::otherwise, Option::sentence)
        .containsExactly(
            tuple("shelves", Optional.of(10), "Number of shelves."),
            tuple("open", Optional.of("8 h"), "Hours a day."));
    assertThat(shop.isNeeded()).isFalse();
  }

  @Test
  void optionsOfEveryKindAreDeclared() {
    List<Option> options =
        Section.options(
            "{}",
            s ->
                s.kind(
                    "kind",
                    List.of(
                        new Kind<>("a", "One.", k -> k.option("x", "X.").get(wholeNumber(0, 1), 0)),
                        new Kind<>(
                            "b", "Two.", k -> k.option("y", "Y.").get(wholeNumber(0, 1), 1))),
                    "b",
                    "Which."));

    assertThat(((Option.Choice) options.get(0).content()).variants())
        .extracting(v -> v.name() + ":" + v.options().get(0).key())
        .containsExactly("a:x", "b:y");
  }

  @Test
  void refusalOfARecordIsAProblemOfItsSection() {
    Section root = Section.root("a: 1\nshop: {shelves: 3}\n", "f.yaml", List.of());

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> root.read(Shop::document))
        .withMessage(
            """
            a: unknown key; expected one of: shop (f.yaml:1:1)
            shop: 3 shelves are too few for PT8H (f.yaml:2:7)\
            """);
  }
}
