package io.freshet.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.docs.CommandRun;
import org.junit.jupiter.api.Test;

/** What runs nothing; {@code DocumentedCommandsITCase} runs a part. */
class AllCommandTest {
  @Test
  void whatIsNoBenchmarkIsRefused() {
    CommandRun run = CommandRun.of("bench", "all", "--parts=kernel,none");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("[kernel, none]", "[kernel, loop, pipeline, serve]");
    assertThat(CommandRun.of("bench", "all", "--rounds=0").code()).isEqualTo(2);
  }
}
