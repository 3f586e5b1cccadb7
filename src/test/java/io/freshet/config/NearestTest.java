package io.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestTest {
  private static final List<String> KEYS = List.of("batch-size", "step-size", "batch-linger");

  @Test
  void wordWithFewestEditsIsNearest() {
    assertThat(Nearest.to("batchSize", KEYS)).contains("batch-size");
    assertThat(Nearest.to("step_size", KEYS)).contains("step-size");
    assertThat(Nearest.to("linger", KEYS)).isEmpty();
  }

  @Test
  void editsAreInsertionsDeletionsAndSubstitutions() {
    assertThat(Nearest.edits("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.edits("", "abc")).isEqualTo(3);
    assertThat(Nearest.edits("ABC", "abc")).isZero();
  }
}
