package io.freshet.lab.bench.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.docs.CommandRun;
import org.junit.jupiter.api.Test;

final class HistoryCommandTest {
  @Test
  void eachPoolingIsComparedWithNoHistory() {
    CommandRun run =
        CommandRun.of(
            "bench", "history", "--data=src/test/resources", "--examples=2000", "--seeds=2");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines().map(line -> line.substring(0, 14).strip()))
        .containsExactly("history", "none", "last", "mean", "attention, din", "attention, dot");
    assertThat(run.out().lines().skip(2).map(line -> line.replaceAll("^.{14}", "")))
        .allSatisfy(line -> assertThat(line).doesNotContain("+0.0000  0.0000"));
  }

  @Test
  void aFolderThatIsNotThereIsSaid() {
    CommandRun run = CommandRun.of("bench", "history", "--data=src/test/java");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--data src/test/java has no folder ml-latest-small");
  }
}
