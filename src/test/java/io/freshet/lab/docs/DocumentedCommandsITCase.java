package io.freshet.lab.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.docs.CommandTable.Phase;
import io.freshet.lab.docs.CommandTable.Run;
import io.freshet.lab.docs.DocumentedCommands.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types the commands of the documentation that can be run here, with the packaged jar, and holds
 * what a page shows of their output to what they print.
 *
 * <p>Which, in what order, and what is replaced in them: {@code documented-commands.yaml}. Numbers,
 * times, sizes and versions of an output are those of the run; all else has to be as on the page.
 * {@code -Ddocumented.slow=true} runs what takes longer, too.
 */
@Timeout(600)
final class DocumentedCommandsITCase {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int SIDE_BY_SIDE = 3;
  private static final CommandTable TABLE = CommandTable.read();
  private static final List<Command> COMMANDS = TABLE.commands();

  @TempDir private Path folder;
  private final Queue<Process> kept = new ConcurrentLinkedQueue<>();
  private final Queue<String> problems = new ConcurrentLinkedQueue<>();
  private final AtomicInteger outputs = new AtomicInteger();
  private DocumentedGround ground;

  @AfterEach
  void endAll() throws Exception {
    for (Process process : kept) {
      process.destroy();
    }
    for (Process process : kept) {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
    if (ground != null) {
      ground.close();
    }
  }

  @Test
  void everyCommandThatCanBeRunHereWorksAndPrintsWhatThePageShows() throws Exception {
    ground = new DocumentedGround(folder);
    List<Callable<Void>> tracks = new ArrayList<>();
    TABLE.run().values().forEach(phases -> tracks.add(() -> track(phases)));
    if (Boolean.getBoolean("documented.slow")) {
      TABLE.slow().values().forEach(phases -> tracks.add(() -> track(phases)));
    }

    sideBySide(tracks);

    assertThat(problems).isEmpty();
  }

  /** To its end, or to the first phase of which a command failed. */
  private Void track(List<Phase> phases) throws Exception {
    for (Phase phase : phases) {
      if (phase.await() != null) {
        await(phase.await());
      }
      List<Callable<Boolean>> commands = new ArrayList<>();
      for (Run run : phase.commands()) {
        texts(run).forEach((text, documented) -> commands.add(() -> run(run, text, documented)));
      }
      boolean worked = true;
      if (phase.sideBySide()) {
        worked = !sideBySide(commands).contains(false);
      } else {
        for (Callable<Boolean> command : commands) {
          worked &= command.call();
        }
      }
      if (!worked) {
        return null;
      }
    }
    return null;
  }

  private static <T> List<T> sideBySide(List<Callable<T>> work) throws Exception {
    List<T> results = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE);
    try {
      for (Future<T> each : threads.invokeAll(work)) {
        results.add(each.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  /** What is typed for an entry, each once, and where it is documented. */
  private static Map<String, List<Command>> texts(Run run) {
    Map<String, List<Command>> texts = new LinkedHashMap<>();
    for (Command command : TABLE.of(run, COMMANDS)) {
      String text = command.withoutComment();
      for (var replaced : List.of(run.replace(), TABLE.everywhere())) {
        for (var entry : replaced.entrySet()) {
          text = text.replace(entry.getKey(), entry.getValue());
        }
      }
      texts
          .computeIfAbsent((text + " " + run.add()).strip(), key -> new ArrayList<>())
          .add(command);
    }
    return texts;
  }

  private boolean run(Run run, String text, List<Command> documented) throws Exception {
    String typed = ground.fill(text);
    CommandRun ended = run.here() ? here(typed) : run.keeps() ? keep(run, typed) : shell(typed);
    ground.remember(ended.out());
    String all = ended.out() + ended.err();
    boolean worked = ended.code() == 0 && Pattern.compile(run.says()).matcher(all).find();
    if (!worked) {
      problems.add(
          "%s%ntyped as %s%nended with %s and said, instead of \"%s\":%n%s"
              .formatted(documented, typed, ended.code(), run.says(), all));
    }
    for (Command command : documented) {
      for (String missing : ShownOutput.of(command.output()).missingFrom(all)) {
        problems.add("%s%nshows \"%s\", but printed is:%n%s".formatted(command, missing, all));
      }
    }
    return worked;
  }

  private static CommandRun here(String typed) {
    List<String> words = ShellWords.of(typed);
    int jar = words.indexOf("-jar");
    return CommandRun.of(words.subList(jar + 2, words.size()).toArray(String[]::new));
  }

  private CommandRun shell(String typed) throws IOException, InterruptedException {
    Path output = output();
    Process process = start(typed, output);
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return new CommandRun(-1, Files.readString(output, UTF_8), "and did not end");
    }
    return new CommandRun(process.exitValue(), Files.readString(output, UTF_8), "");
  }

  private CommandRun keep(Run run, String typed) throws IOException, InterruptedException {
    Path output = output();
    Process process = start("exec " + typed, output);
    kept.add(process);
    Pattern ready = Pattern.compile(run.says());
    long end = System.nanoTime() + PATIENCE.toNanos();
    String said = "";
    while (process.isAlive() && System.nanoTime() < end && !ready.matcher(said).find()) {
      Thread.sleep(50);
      said = Files.readString(output, UTF_8);
    }
    return new CommandRun(process.isAlive() ? 0 : process.exitValue(), said, "");
  }

  private Process start(String typed, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-e", "-c", typed)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.matches("(FRESHET|FLINK|HADOOP)_.*"));
    builder.environment().put("PATH", ground.path());
    return builder.start();
  }

  private Path output() {
    return folder.resolve("said-" + outputs.incrementAndGet() + ".txt");
  }

  private void await(String what) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!ground.isThere(what)) {
      assertThat(System.nanoTime()).as("no %s; so far: %s", what, problems).isLessThan(end);
      Thread.sleep(100);
    }
  }
}
