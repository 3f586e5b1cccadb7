package io.freshet.lab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.Main;
import io.freshet.lab.bench.measure.Benchmark;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The benchmarks of speed one after the other, each in a JVM of its own with this one's options.
 */
@Command(
    name = "all",
    description = {
      "Runs the benchmarks of speed one after the other: all figures of one machine and hour.",
      "",
      "Each is a process of its own with the JVM options of this one. It fails with the first"
          + " that fails, as where a learner is dead."
    },
    footer = {"", "Example:", "  java -jar freshet.jar bench all --rounds 3 --json"})
public final class AllCommand extends Benchmark {
  private static final List<String> SPEEDS = List.of("kernel", "loop", "pipeline", "serve");

  @Option(
      names = "--rounds",
      description = "Rounds whose median counts (default: ${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(
      names = "--parts",
      split = ",",
      paramLabel = "BENCH",
      description = "Only these (default: kernel, loop, pipeline and serve).")
  private List<String> parts = SPEEDS;

  @Option(
      names = "--quick",
      description = "A twentieth of the time, to see that all run. The figures say nothing.")
  private boolean quick;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check(rounds >= 1, "--rounds must be 1 or more");
    check(SPEEDS.containsAll(parts), "--parts %s: expected some of %s".formatted(parts, SPEEDS));
    ObjectNode all = new ObjectMapper().createObjectNode();
    all.put("measured", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    all.put("java", Runtime.version().toString());
    all.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    all.put("processors", Runtime.getRuntime().availableProcessors());
    for (String what : parts) {
      if (!asJson()) {
        out().println("bench " + what);
        out().flush();
      }
      Process process = start(what);
      try (BufferedReader said = process.inputReader(UTF_8)) {
        if (asJson()) {
          all.set(what, new ObjectMapper().readTree(said));
        } else {
          said.lines().forEach(out()::println);
          out().println();
        }
        if (process.waitFor() != 0) {
          err().println("bench " + what + " failed: what it says is above");
          return process.exitValue();
        }
      } finally {
        process.destroy();
      }
    }
    if (asJson()) {
      out().println(all);
    }
    return 0;
  }

  private Process start(String what) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("bench", what, "--rounds", String.valueOf(rounds)));
    if (quick) {
      command.add("--quick");
    }
    if (asJson()) {
      command.add("--json");
    }
    return new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
  }
}
