package io.freshet.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.doctor.Finding.Level;
import io.freshet.config.LearnerConfig;
import io.freshet.lab.docs.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorCommandTest {
  @TempDir private Path folder;

  @Test
  void withoutAConfigurationTheMachineIsLookedAt() {
    CommandRun run = CommandRun.of("doctor");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("java: version", "memory: heap of", "linear algebra:", "clock:");
  }

  @Test
  void aBrokenConfigurationIsAProblemAndNothingIsAskedOfKafka() throws IOException {
    Path file = Files.writeString(folder.resolve("learner.yaml"), "name: ctr\n");

    CommandRun run = CommandRun.of("doctor", "--config", file.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains("problem  configuration: features: missing; expected a list (" + file + ":1:1)")
        .doesNotContain("kafka: ");
  }

  @Test
  void aJavaThatFlinkDoesNotKnowIsAWarning() {
    assertThat(MachineCheck.java(21).level()).isEqualTo(Level.OK);
    assertThat(MachineCheck.java(25).level()).isEqualTo(Level.WARNING);
  }

  @Test
  void aHeapThatFullCachesDoNotFitInIsAWarning() {
    Optional<LearnerConfig> config =
        Optional.of(
            LearnerConfig.parse(
                "{kafka: {bootstrap-servers: 'k:1'}, features: [{name: user, kind: categorical}]}",
                "learner.yaml",
                List.of("train.cache-rows=10000000", "parallelism=2")));

    Finding little = MachineCheck.memory(config, 2L << 30);
    Finding enough = MachineCheck.memory(config, 8L << 30);

    assertThat(little.level()).isEqualTo(Level.WARNING);
    assertThat(little.remedy()).contains("java -Xmx", "train.cache-rows");
    assertThat(enough.level()).isEqualTo(Level.OK);
  }

  @Test
  void aClockOfTheLastCenturyIsAProblem() {
    assertThat(MachineCheck.clock(Instant.EPOCH).level()).isEqualTo(Level.PROBLEM);
    assertThat(MachineCheck.clock(Instant.parse("2026-01-01T00:00:00Z")).level())
        .isEqualTo(Level.OK);
  }

  @Test
  void aFolderBelowAFileCannotBeUsed() throws Exception {
    Path file = Files.writeString(folder.resolve("a-file"), "x");

    Finding found = FolderCheck.run("snapshot.root", "file://" + file + "/snapshots");

    assertThat(found.level()).isEqualTo(Level.PROBLEM);
    assertThat(found.text()).contains(file.toString());
    assertThat(file).hasContent("x");
  }

  @Test
  void aFolderIsLeftAsItWas() throws Exception {
    Finding found =
        FolderCheck.run("snapshot.root", folder.resolve("snapshots").toUri().toString());

    assertThat(found.level()).isEqualTo(Level.OK);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFolderWhoseNameHasASpaceCanBeUsed() throws Exception {
    Path spaced = folder.resolve("my données");

    assertThat(FolderCheck.run("snapshot.root", "file://" + spaced + "/snapshots").level())
        .isEqualTo(Level.OK);
  }

  @Test
  void aStoreWhosePluginIsNotHereIsNotJudged() throws Exception {
    assertThat(FolderCheck.run("checkpoint.dir", "s3://bucket/checkpoints").level())
        .isEqualTo(Level.WARNING);
  }

  @Test
  void aHostThatNobodyKnowsIsNamedAndNotTheProperties() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("learner.yaml"),
            """
            kafka: {bootstrap-servers: "nowhere.invalid:9092"}
            features: [{name: user, kind: categorical}]
            """);

    String wanted = "no host in \"nowhere.invalid:9092\" is known here";
    assertThat(CommandRun.of("topics", config.toString()).err()).contains(wanted);
    assertThat(CommandRun.of("train", config.toString()).err()).contains(wanted);
  }
}
