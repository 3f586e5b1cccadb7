package io.freshet.lab.cluster;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A JVM on this process's class path, which can be killed, paused and started again; all runs write
 * to one log file. Thread-safe.
 */
public final class ChildProcess implements AutoCloseable {
  private static final String LOGGING = "io/freshet/lab/cluster/log4j2-cluster.properties";
  private static final long PATIENCE_SECONDS = 30;

  private final String name;
  private final Path log;
  private final List<String> command;
  private Process process; // null before the first start
  private boolean kept;
  private boolean wanted;

  /**
   * One that does not run yet.
   *
   * @param jvm arguments of the JVM
   * @param main the main class and its arguments
   */
  public ChildProcess(String name, Host host, Path log, List<String> jvm, List<String> main) {
    this.name = requireNonNull(name, "name");
    this.log = requireNonNull(log, "log");
    command = new ArrayList<>(host.launcher());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.add("-Dlog4j2.configurationFile=" + LOGGING);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(ChildMain.class.getName());
    command.addAll(main);
  }

  /** Restarts it whenever it exits, as the supervisor of a cluster does. */
  ChildProcess keptRunning() {
    kept = true;
    return this;
  }

  public synchronized void start() throws IOException {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already, as process " + process.pid());
    }
    Files.createDirectories(log.toAbsolutePath().getParent());
    wanted = true;
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
    if (kept) {
      // after a second: one that cannot live would else be started without end and without a pause
      process
          .onExit()
          .thenRunAsync(
              this::startIfWanted, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
    }
  }

  private synchronized void startIfWanted() {
    try {
      if (wanted && !isAlive()) {
        start();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name + " does not start again", e);
    }
  }

  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Ends the process at once, as {@code kill -9} does, and waits until it is gone. */
  public synchronized void kill() throws InterruptedException {
    wanted = false;
    if (process != null && !process.destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(name + " outlives its kill, as process " + process.pid());
    }
  }

  /** Asks the process to end, and kills it if it does not. */
  synchronized void stop() throws InterruptedException {
    wanted = false;
    if (process != null) {
      process.destroy();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        kill();
      }
    }
  }

  /** Pauses the process, as {@code kill -STOP} does; it can be killed then. */
  public synchronized void freeze() throws IOException {
    Signals.send("STOP", process.pid());
  }

  /** Resumes the process; does nothing if it is dead. */
  public synchronized void thaw() throws IOException {
    if (isAlive()) {
      Signals.send("CONT", process.pid());
    }
  }

  public Path log() {
    return log;
  }

  String logTail(int lines) throws IOException {
    List<String> all = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public synchronized void close() {
    wanted = false;
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
