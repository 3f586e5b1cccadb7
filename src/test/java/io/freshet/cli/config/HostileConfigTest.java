package io.freshet.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.TreeMutation;
import io.freshet.lab.docs.CommandRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says of configurations with wrong contents: lines, each with its place. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileConfigTest {
  private static final long SEED = 20270501;
  private static final int DRAWS = 25;

  @TempDir private Path folder;

  @Test
  void isCheckedAndShownWithoutAStackTrace() throws Exception {
    Path file = folder.resolve("learner.yaml");
    TreeMutation mutation =
        new TreeMutation(
            List.of(Files.readString(Path.of("docker/learner.yaml"))), new Random(SEED));
    for (int i = 0; i < DRAWS; i++) {
      Files.write(file, mutation.next().getBytes(StandardCharsets.UTF_8));

      CommandRun check = CommandRun.of("config", "check", file.toString());
      CommandRun show = CommandRun.of("config", "show", file.toString());

      String what = "seed %s, draw %s".formatted(SEED, i);
      assertThat(check.err()).as(what).isEmpty();
      assertThat(check.code()).as(what).isIn(0, 2);
      assertThat(show.code()).as(what).isEqualTo(check.code());
      if (check.code() == 2) {
        assertThat(check.out().lines().toList())
            .as(what)
            .allSatisfy(line -> assertThat(line).contains(file.toString()))
            .last()
            .asString()
            .contains("problems: ");
        assertThat(show.out()).as(what).isEmpty();
        assertThat(show.err().lines().toList())
            .as(what)
            .allSatisfy(line -> assertThat(line).contains(file + ":"));
      }
    }
  }
}
