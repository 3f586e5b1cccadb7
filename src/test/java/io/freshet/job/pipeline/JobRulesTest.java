package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.config.LearnerConfig;
import io.freshet.train.RefusedException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobRulesTest {
  private static final LearnerConfig CONFIG =
      LearnerConfig.parse(
          """
          kafka: {bootstrap-servers: "localhost:1"}
          features: [{name: user, kind: categorical}]
          """,
          "test",
          List.of());

  @TempDir private Path folder;

  @Test
  void ownSettingsPass() {
    assertThatCode(() -> check(flink -> {})).doesNotThrowAnyException();
  }

  @Test
  void checkpointsThatAreOffAreRefused() {
    refused(
        flink -> flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ZERO),
        "checkpoints are off");
  }

  @Test
  void atLeastOnceIsRefused() {
    refused(
        flink ->
            flink.set(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.AT_LEAST_ONCE),
        "at-least-once checkpoints");
  }

  @Test
  void unalignedCheckpointsAreRefused() {
    refused(
        flink -> flink.set(CheckpointingOptions.ENABLE_UNALIGNED, true), "unaligned checkpoints");
  }

  @Test
  void genericTypesAreRefused() {
    refused(flink -> flink.set(PipelineOptions.GENERIC_TYPES, true), "generic types are on");
  }

  @Test
  void allProblemsAreToldTogether() {
    refused(
        flink -> {
          flink.set(PipelineOptions.GENERIC_TYPES, true);
          flink.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        },
        "unaligned",
        "generic types");
  }

  @Test
  void stateOfAnotherMaxParallelismIsRefusedByNamingBoth() throws Exception {
    String savepoint = savepoint(64);

    refused(
        flink -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint),
        "max-parallelism is 128",
        "was made with 64");
  }

  @Test
  void stateOfTheSameMaxParallelismPasses() throws Exception {
    String savepoint = savepoint(128);

    assertThatCode(() -> check(flink -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint)))
        .doesNotThrowAnyException();
  }

  @Test
  void aSavepointThatIsNotThereIsNamed() {
    String nowhere = folder.resolve("nowhere").toUri().toString();

    refused(flink -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, nowhere), nowhere);
  }

  private String savepoint(int maxParallelism) throws Exception {
    List<OperatorState> states =
        List.of(
            new OperatorState(null, null, new OperatorID(), 2, maxParallelism),
            new OperatorState(null, null, new OperatorID(), 1, 1));
    try (OutputStream out = Files.newOutputStream(folder.resolve("_metadata"))) {
      Checkpoints.storeCheckpointMetadata(new CheckpointMetadata(7, states, List.of()), out);
    }
    return folder.toUri().toString();
  }

  private static void refused(Consumer<Configuration> setting, String... words) {
    assertThatThrownBy(() -> check(setting))
        .isInstanceOf(RefusedException.class)
        .hasMessageContainingAll(words);
  }

  private static void check(Consumer<Configuration> setting) {
    Configuration flink = FlinkSettings.of(CONFIG);
    setting.accept(flink);
    JobRules.check(flink, CONFIG);
  }
}
