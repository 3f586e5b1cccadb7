package io.freshet;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.docs.CommandRun;
import io.freshet.lab.docs.CommandSamples;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

final class MainTest {
  @TempDir private Path folder;

  @Test
  void withoutACommandItPrintsItsUsage() {
    CommandRun run = CommandRun.of();

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("Usage: freshet").contains("train", "simulate", "snapshot");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHelpsWithAnExampleAndItsExitCodes(List<String> command) {
    CommandRun run = CommandRun.of(and(command, "--help"));

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith(("Usage: freshet " + String.join(" ", command)).strip())
        .containsPattern("Examples?:\\R  java -jar freshet.jar " + String.join(" ", command))
        .containsPattern("Exit codes: (0|143) ") // serve ends by a signal only
        .contains("--debug");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandTellsTheVersion(List<String> command) {
    CommandRun run = CommandRun.of(and(command, "--version"));

    assertThat(run.code()).isZero();
    assertThat(run.out()).isEqualToNormalizingNewlines("freshet development\n");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void anUnknownOptionIsNamedInOneLine(List<String> command) {
    CommandRun run = CommandRun.of(and(command, "--nonsense"));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().toList())
        .hasSize(2)
        .satisfies(
            lines -> {
              assertThat(lines.get(0)).contains("Unknown option: '--nonsense'");
              assertThat(lines.get(1)).startsWith("Try \"freshet").endsWith(" --help\".");
            });
  }

  @Test
  void aMistypedCommandIsGuessed() {
    CommandRun run = CommandRun.of("trian");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("'trian'").contains("train");
  }

  @Test
  void aBrokenConfigurationIsReportedWhole() throws IOException {
    Path broken = CommandSamples.brokenConfig(folder);

    CommandRun run = CommandRun.of("train", "--config", broken.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .hasSize(5)
        .allSatisfy(line -> assertThat(line).contains("(" + broken + ":"));
  }

  @Test
  void kafkaThatIsNotThereIsOneLineAfterTenSeconds() throws IOException {
    String nobody = "localhost:" + freePort();
    Path config = CommandSamples.config(folder, nobody);
    Instant start = Instant.now();

    CommandRun run = CommandRun.of("train", "--config", config.toString());

    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(25));
    assertThat(run)
        .isEqualTo(
            new CommandRun(
                1,
                "",
                "train: no answer from Kafka at %s within 10 s (topic impressions); is it running?%n"
                    .formatted(nobody)));
  }

  @Test
  void anUnexpectedExceptionIsOneLineWithItsRoot() {
    CommandRun run =
        failing(
            new IllegalStateException(
                "the job failed",
                new RuntimeException("on the way", new IOException("the disk\n  is full"))));

    assertThat(run)
        .isEqualTo(new CommandRun(1, "", "fail: the job failed: the disk is full%n".formatted()));
  }

  @Test
  void aMessageThatIsOnlyAWordGetsTheNameOfItsException() {
    assertThat(failing(new UnknownHostException("kafka-1")).err())
        .isEqualToNormalizingNewlines("fail: UnknownHostException: kafka-1\n");
    assertThat(failing(new NullPointerException()).err())
        .isEqualToNormalizingNewlines("fail: NullPointerException\n");
    assertThat(failing(new NoSuchFileException("a.csv")).err())
        .isEqualToNormalizingNewlines("fail: there is no file a.csv\n");
  }

  @Test
  void anErrorOfTheMachineIsOneLineToo() {
    CommandRun run = failing(new OutOfMemoryError("Java heap space"));

    assertThat(run).isEqualTo(new CommandRun(1, "", "freshet: Java heap space%n".formatted()));
  }

  @Test
  void debugAddsTheStackTraceWhereverItStands() {
    var failure = new IllegalStateException("the job failed");

    assertThat(failing(failure, "--debug", "fail").err())
        .contains("\tat " + MainTest.class.getName());
    assertThat(failing(failure, "fail", "--debug").err())
        .contains("\tat " + MainTest.class.getName());
    assertThat(failing(failure).err()).doesNotContain("\tat ");
  }

  /** The root and all below it, as the arguments that name them. */
  static Stream<List<String>> commands() {
    List<List<String>> names = new ArrayList<>();
    collect(Main.commandLine(), List.of(), names);
    return names.stream();
  }

  private static void collect(CommandLine command, List<String> name, List<List<String>> names) {
    names.add(name);
    for (CommandLine sub :
        Set.copyOf(command.getSubcommands().values())) { // once, not by each alias
      collect(sub, List.of(and(name, sub.getCommandName())), names);
    }
  }

  private static String[] and(List<String> command, String last) {
    return Stream.concat(command.stream(), Stream.of(last)).toArray(String[]::new);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static CommandRun failing(Throwable failure) {
    return failing(failure, "fail");
  }

  private static CommandRun failing(Throwable failure, String... args) {
    return CommandRun.of(Main.commandLine().addSubcommand(new Failing(failure)), args);
  }

  @Command(name = "fail")
  private record Failing(Throwable failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (Exception) failure;
    }
  }
}
