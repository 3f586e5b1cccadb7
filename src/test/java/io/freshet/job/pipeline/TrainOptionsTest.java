package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.job.TrainCommand;
import io.freshet.job.backfill.Backfill;
import io.freshet.job.backfill.RecordingSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Options of train that cannot be meant, and recordings that cannot be learned. */
final class TrainOptionsTest {
  private static final String YEAR = "2025-01-01T00:00:00Z..2026-01-01T00:00:00Z";

  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--epochs=2 | --epochs needs --from-files or --from-topic",
        "--live-from=2026-01-01T00:00:00Z | --live-from needs --from-files or --from-topic",
        "--from-files=a --from-topic=" + YEAR + " | exclude each other",
        "--from-files=a --from-examples=b | take one",
        "--from-files=a --bounded | --bounded ends with the topics",
        "--from-files=a --epochs=0 | epochs is 0 but must be 1 or more",
        "--from-topic=yesterday | 'yesterday' is not FROM..TO, two times of the past",
        "--from-topic=2026-01-02T00:00:00Z..2026-01-01T00:00:00Z | is not FROM..TO",
        "--from-topic=2026-01-02T00:00:00Z..2999-01-01T00:00:00Z | two times of the past",
        "--from-files=a --live-from=soon | --live-from"
      })
  void optionsThatCannotBeMeantAreRefused(String options, String said) {
    StringWriter err = new StringWriter();
    Stream<String> arguments =
        Stream.concat(Stream.of("--config", "none.yaml"), Stream.of(options.split(" ")));

    int code =
        new CommandLine(new TrainCommand())
            .setErr(new PrintWriter(err))
            .execute(arguments.toArray(String[]::new));

    assertThat(err.toString()).contains(said);
    assertThat(code).isEqualTo(2);
  }

  @Test
  void aFolderWithoutRecordingIsNamed() {
    assertThatThrownBy(() -> files(dir.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no");
    assertThatThrownBy(() -> files(dir))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no examples at");
  }

  @Test
  void impressionsWithoutActionsAreNoRecording() throws IOException {
    Files.writeString(
        dir.resolve("impressions.jsonl"),
        "{\"impression_id\": \"i\", \"timestamp\": 1767225600000, \"features\": {\"user\":"
            + " \"u\"}}");

    assertThatThrownBy(() -> files(dir))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no event of topic clicks");
  }

  private static RecordingSource files(Path where) throws IOException {
    String config =
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        features: [{name: user, kind: categorical}]
        """;
    return new Backfill(where.toString(), false, 1, Optional.empty())
        .source(LearnerConfig.parse(config, "learner.yaml", List.of()));
  }
}
