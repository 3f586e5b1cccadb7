package io.freshet.cli.cluster;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM on this process's own class path, which can be killed and started again; all its lives
 * write to one log file.
 *
 * <p>Not thread-safe.
 */
final class ChildProcess implements AutoCloseable {
  private static final String LOGGING = "io/freshet/cli/cluster/log4j2-cluster.properties";
  private static final long PATIENCE_SECONDS = 30;

  private final String name;
  private final Path log;
  private final List<String> command;
  private Process process; // null before the first start

  /**
   * @param jvm arguments of the JVM
   * @param main the main class, then its arguments
   */
  ChildProcess(String name, Path log, List<String> jvm, List<String> main) {
    this.name = requireNonNull(name, "name");
    this.log = requireNonNull(log, "log");
    command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.add("-Dlog4j2.configurationFile=" + LOGGING);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Attended.class.getName());
    command.addAll(main);
  }

  void start() throws IOException {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already, as process " + process.pid());
    }
    Files.createDirectories(log.toAbsolutePath().getParent());
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Ends the process at once, as {@code kill -9} does, and waits until it is gone. */
  void kill() throws InterruptedException {
    if (process != null) {
      await(process.destroyForcibly());
    }
  }

  /** Asks the process to end, and kills it when it does not. */
  void stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        kill();
      }
    }
  }

  private void await(Process killed) throws InterruptedException {
    if (!killed.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(name + " outlives its kill, as process " + killed.pid());
    }
  }

  /** The end of what it has logged. */
  String logTail(int lines) throws IOException {
    List<String> all = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
