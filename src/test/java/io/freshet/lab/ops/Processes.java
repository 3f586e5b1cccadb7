package io.freshet.lab.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Commands of ours in processes of their own: on the class path of the tests, or of a jar. */
final class Processes implements AutoCloseable {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final long PATIENCE_SECONDS = 120;

  private final Path folder;
  private final Map<String, String> environment;
  private final List<Process> started = new ArrayList<>();

  Processes(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    for (String pack : List.of("lang", "util", "nio", "time", "util.concurrent")) {
      command.add("--add-opens=java.base/java." + pack + "=ALL-UNNAMED");
    }
    command.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.freshet.Main"));
    return start(command, arguments);
  }

  Process startServeJar(String... arguments) throws IOException {
    return start(List.of("-jar", TARGET.resolve("freshet-serve.jar").toString()), arguments);
  }

  private Process start(List<String> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(JAVA, "-Xmx512m"));
    command.addAll(main);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(arguments[0]).toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("FRESHET_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    started.add(process);
    return process;
  }

  String run(int code, String... arguments) throws IOException, InterruptedException {
    return end(code, start(arguments), arguments);
  }

  String runServeJar(int code, String... arguments) throws IOException, InterruptedException {
    return end(code, startServeJar(arguments), arguments);
  }

  private String end(int code, Process process, String... arguments)
      throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(List.of(arguments) + " goes on: " + said(arguments[0]));
    }
    if (process.exitValue() != code) {
      throw new AssertionError(
          "%s ended with %s: %s"
              .formatted(List.of(arguments), process.exitValue(), said(arguments[0])));
    }
    return said(arguments[0]);
  }

  void await(Process process, String command, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000;
    while (!condition.call()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError(command + " says: " + said(command));
      }
      Thread.sleep(50);
    }
  }

  String said(String command) throws IOException {
    return Files.readString(log(command), StandardCharsets.UTF_8);
  }

  private Path log(String command) {
    return folder.resolve(command + ".txt");
  }

  @Override
  public void close() {
    started.forEach(Process::destroyForcibly);
  }
}
