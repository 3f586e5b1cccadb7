package io.freshet.config.option;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SuggestionsTest {
  private static final List<String> KEYS = List.of("batch-size", "step-size", "batch-linger");

  @Test
  void wordWithFewestEditsIsNearest() {
    assertThat(Suggestions.to("batchSize", KEYS)).contains("batch-size");
    assertThat(Suggestions.to("step_size", KEYS)).contains("step-size");
    assertThat(Suggestions.to("linger", KEYS)).isEmpty();
  }

  @Test
  void editsAreInsertionsDeletionsAndSubstitutions() {
    assertThat(Suggestions.edits("kitten", "sitting")).isEqualTo(3);
    assertThat(Suggestions.edits("", "abc")).isEqualTo(3);
    assertThat(Suggestions.edits("ABC", "abc")).isZero();
  }
}
