package io.freshet.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.lab.docs.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigCommandTest {
  private static final String SOUND =
      """
      kafka: {bootstrap-servers: "localhost:9092"}
      features: [{name: user, kind: categorical}]
      """;

  @TempDir private Path folder;

  @Test
  void aSoundConfigurationIsOk() throws IOException {
    Path file = file(SOUND);

    assertThat(CommandRun.of("config", "check", file.toString()))
        .isEqualTo(new CommandRun(0, file + ": ok\n", ""));
  }

  @Test
  void theFileIsNamedInEitherOfTwoWays() throws IOException {
    Path file = file(SOUND);

    assertThat(CommandRun.of("config", "check", "--config", file.toString()))
        .isEqualTo(CommandRun.of("config", "check", file.toString()));
    assertThat(CommandRun.of("config", "show", "--config", file.toString()))
        .isEqualTo(CommandRun.of("config", "show", file.toString()));
    assertThat(CommandRun.of("config", "check", "a.yaml", "--config", file.toString()).err())
        .contains("two configurations, " + file + " and a.yaml: name one");
    assertThat(CommandRun.of("config", "check").err()).contains("--config=FILE");
  }

  @Test
  void everyProblemIsTold() throws IOException {
    Path file = file("train: {batch-size: 0}\njoin: {windw: 1 s}\n");

    CommandRun run = CommandRun.of("config", "check", file.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out())
        .contains(
            "train.batch-size: 0 is not allowed; expected a whole number from 1 to 65536 ("
                + file
                + ":1:21)")
        .contains("join.windw: unknown key; did you mean window? (" + file + ":2:8)")
        .endsWith(file + ": problems: 4\n");
  }

  @Test
  void whatIsDoubtfulIsToldAndIsNoProblem() throws IOException {
    CommandRun run =
        CommandRun.of("config", "check", file(SOUND).toString(), "--set", "parallelism=16");

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("warning: ").endsWith(": ok, 1 to think about\n");
  }

  @Test
  void problemsAreData() throws IOException {
    CommandRun run = CommandRun.of("config", "check", "--json", file("name: 'a b'").toString());

    JsonNode found = new ObjectMapper().readTree(run.out());
    assertThat(found.get("ok").asBoolean()).isFalse();
    assertThat(found.get("problems")).hasSize(3);
    assertThat(found.get("warnings")).isEmpty();
  }

  @Test
  void aFileThatIsNotThereIsAProblem() {
    CommandRun run = CommandRun.of("config", "check", folder.resolve("none.yaml").toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).contains("no such file");
  }

  @Test
  void whatIsShownIsSoundItself() throws IOException {
    CommandRun shown =
        CommandRun.of("config", "show", file(SOUND).toString(), "--set", "join.window=1 h");

    assertThat(shown.code()).isZero();
    assertThat(shown.out()).contains("  window: 1 h\n", "  batch-size: 256\n");
    assertThat(CommandRun.of("config", "check", file(shown.out()).toString()).code()).isZero();
  }

  @Test
  void nothingIsShownOfABrokenConfiguration() throws IOException {
    CommandRun run = CommandRun.of("config", "show", file("name: ctr").toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("kafka.bootstrap-servers: missing", "features: missing");
  }

  /** Both are made of the declared options, and committed as the commands print them. */
  @ParameterizedTest
  @CsvSource({"schema, schemas/learner.schema.json", "reference, src/docs/configuration.md"})
  void theCommittedFileIsWhatTheCommandPrints(String command, Path file) throws IOException {
    assertThat(CommandRun.of("config", command).out())
        .as("java -jar target/freshet.jar config %s > %s", command, file)
        .isEqualTo(Files.readString(file));
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("learner.yaml"), yaml);
  }
}
