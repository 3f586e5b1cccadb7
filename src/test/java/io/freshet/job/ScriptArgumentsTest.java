package io.freshet.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScriptArgumentsTest {
  @Test
  void theMemoryThatAScriptAppendsIsNotTheJobs() {
    assertThat(
            own(
                "--config",
                "learner.yaml",
                "--resume",
                "-D",
                "jobmanager.memory.heap.size=469762048b",
                "-D",
                "jobmanager.memory.off-heap.size=134217728b"))
        .containsExactly("--config", "learner.yaml", "--resume");
  }

  @Test
  void otherSettingsAreLeftForTheJobToRefuse() {
    assertThat(own("--resume", "-D", "state.backend.type=hashmap"))
        .containsExactly("--resume", "-D", "state.backend.type=hashmap");
    assertThat(own("-D", "jobmanager.memory.heap.size=1g", "--resume")).hasSize(3);
  }

  @Test
  void noArgumentsStayNone() {
    assertThat(own()).isEmpty();
    assertThat(own("--resume")).containsExactly("--resume");
  }

  private static String[] own(String... arguments) {
    return ScriptArguments.own(arguments);
  }
}
