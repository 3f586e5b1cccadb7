package io.freshet.lab.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.docs.DocumentedCommands.Block;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types what the tutorial says, in an empty folder, with the packaged jar: a block after the other.
 * What follows a fence says how: {@code sh} is run to its end, {@code sh terminal NAME} is left
 * running in place of an earlier one of that name, {@code sh when FILE} waits for a file first. The
 * jar's path, ports and heaps are this test's own.
 */
final class TutorialITCase {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What a terminal says when what runs in it is ready. */
  private static final Map<String, String> READY =
      Map.of("broker", "Kafka is at", "train", "Training in this process", "serve", "serving");

  @TempDir private Path folder;
  private final Map<String, Process> terminals = new HashMap<>();
  private final Map<String, String> replaced = new LinkedHashMap<>();

  @AfterEach
  void endAll() throws InterruptedException {
    for (Process process : terminals.values()) {
      end(process);
    }
  }

  @Test
  void everyCommandOfTheTutorialWorks() throws Exception {
    String serving = freePort();
    replaced.put("java -Xmx2g -jar", "java -jar");
    Files.createSymbolicLink(
        folder.resolve("target"), TARGET); // the project may be where spaces are
    replaced.put("java -jar target/freshet.jar", "java -Xmx1g -jar target/freshet.jar");
    replaced.put("freshet.jar serve", "freshet.jar serve --console-port 0 --port " + serving);
    replaced.put("9092", freePort());
    replaced.put("localhost:8500", "localhost:" + serving);
    String last = "";

    for (Block block : DocumentedCommands.blocks(Path.of("src/docs/tutorial.md"))) {
      String[] kind = block.kind().split(" ");
      if (block.kind().startsWith("sh terminal")) {
        open(kind[2], here(block.text()));
      } else if (block.kind().startsWith("sh when")) {
        await("train", () -> Files.exists(folder.resolve(kind[2])));
        run(block);
      } else if (block.kind().equals("sh")) {
        last = run(block);
      }
    }

    assertThat(last).contains("\"predictions\"");
    Path latest = folder.resolve("snapshots/latest.json");
    String before = Files.readString(latest);
    await("train", () -> !Files.readString(latest).equals(before));
  }

  private String here(String script) {
    String text = script;
    for (var entry : replaced.entrySet()) {
      text = text.replace(entry.getKey(), entry.getValue());
    }
    return text;
  }

  private String run(Block block) throws IOException, InterruptedException {
    Path output = folder.resolve("said.txt");
    Process process = bash(here(block.text()), output);
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      end(process);
    }
    String said = Files.readString(output, UTF_8);
    assertThat(process.exitValue()).as("%s:%d: %s", block.page(), block.line(), said).isZero();
    return said;
  }

  private void open(String name, String script) throws Exception {
    if (terminals.containsKey(name)) {
      end(terminals.get(name));
    }
    terminals.put(name, bash("exec " + script, folder.resolve(name + ".txt")));
    await(name, () -> said(name).contains(READY.get(name)));
  }

  private void await(String name, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      assertThat(terminals.get(name).isAlive()).as("%s says: %s", name, said(name)).isTrue();
      assertThat(System.nanoTime()).as("%s says: %s", name, said(name)).isLessThan(end);
      Thread.sleep(100);
    }
  }

  private String said(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".txt"), UTF_8);
  }

  private Process bash(String script, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-e", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("FRESHET_"));
    return builder.start();
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return Integer.toString(socket.getLocalPort());
    }
  }
}
