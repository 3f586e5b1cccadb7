package io.freshet.lab.cluster;

import static java.util.Objects.requireNonNull;

import io.freshet.cli.console.source.FlinkRest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;

/**
 * A standalone session cluster on this machine: processes of a job manager and task managers, with
 * {@code flink-conf/config.yaml} as it ships and the overrides of the run.
 *
 * <p>Standalone Flink loses its jobs with the job manager: they have to be submitted again, from a
 * retained checkpoint. Not thread-safe.
 */
public final class FlinkCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final int restPort;
  private final FlinkRest rest;
  private final ChildProcess jobManager;
  private final List<ChildProcess> taskManagers = new ArrayList<>();
  private final List<Integer> metricPorts = new ArrayList<>();

  /**
   * A cluster that does not run yet.
   *
   * @param directory of configuration, logs and working files
   * @param overrides of the Flink settings that ship
   */
  public FlinkCluster(Path directory, int taskManagers, Map<String, String> overrides)
      throws IOException {
    Path conf = requireNonNull(directory, "directory").resolve("conf");
    Files.createDirectories(directory.resolve("tmp"));
    ship(conf);
    try (ServerSocket rest = freePort();
        ServerSocket rpc = freePort()) {
      restPort = rest.getLocalPort();
      Map<String, String> settings = new TreeMap<>(overrides);
      settings.put("jobmanager.rpc.address", HOST);
      settings.put("jobmanager.rpc.port", String.valueOf(rpc.getLocalPort()));
      settings.put("rest.address", HOST);
      settings.put("rest.bind-address", HOST);
      settings.put("rest.port", String.valueOf(restPort));
      settings.put("taskmanager.host", HOST);
      settings.put("io.tmp.dirs", directory.resolve("tmp").toString());
      Configuration flink = GlobalConfiguration.loadConfiguration(conf.toString());
      settings.forEach(flink::setString);
      Path logs = directory.resolve("logs");
      jobManager =
          process(
              "job-manager",
              logs,
              StandaloneSessionClusterEntrypoint.class,
              conf,
              settings,
              JvmArguments.ofJobManager(flink));
      for (int i = 0; i < taskManagers; i++) {
        metricPorts.add(metricsPort(settings));
        this.taskManagers.add(
            process(
                    "task-manager-" + i,
                    logs,
                    TaskManagerRunner.class,
                    conf,
                    settings,
                    JvmArguments.ofTaskManager(flink))
                .keptRunning());
      }
    }
    this.rest = new FlinkRest(restPort);
  }

  /** Sets a port for the metrics of one process in place of the range that ships. */
  private static int metricsPort(Map<String, String> settings) throws IOException {
    try (ServerSocket free = freePort()) {
      settings.put("metrics.reporter.prom.port", String.valueOf(free.getLocalPort()));
      return free.getLocalPort();
    }
  }

  private static ChildProcess process(
      String name,
      Path logs,
      Class<?> main,
      Path conf,
      Map<String, String> settings,
      JvmArguments arguments) {
    List<String> command = new ArrayList<>(List.of(main.getName(), "--configDir", conf.toString()));
    settings.forEach((key, value) -> command.addAll(List.of("-D", key + "=" + value)));
    arguments.settings().forEach(setting -> command.addAll(List.of("-D", setting)));
    return new ChildProcess(name, logs.resolve(name + ".log"), arguments.jvm(), command);
  }

  private static void ship(Path conf) throws IOException {
    Files.createDirectories(conf);
    try (InputStream in = FlinkCluster.class.getResourceAsStream("config.yaml")) {
      if (in == null) {
        throw new IOException("the class path lacks Flink's config.yaml");
      }
      Files.copy(in, conf.resolve("config.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Starts all processes and waits for the slots. */
  public void start() throws IOException, InterruptedException {
    jobManager.start();
    for (ChildProcess taskManager : taskManagers) {
      taskManager.start();
    }
    awaitIdle(Duration.ofMinutes(4));
  }

  public int restPort() {
    return restPort;
  }

  public FlinkRest rest() {
    return rest;
  }

  public int taskManagers() {
    return taskManagers.size();
  }

  public ChildProcess jobManager() {
    return jobManager;
  }

  /** A task manager; it is started again when it exits. */
  public ChildProcess taskManager(int index) {
    return taskManagers.get(index);
  }

  /**
   * A task manager's metrics in the text format of Prometheus.
   *
   * @throws IOException if it does not run
   */
  public String metrics(int taskManager) throws IOException, InterruptedException {
    return FlinkRest.text(metricPorts.get(taskManager), "/metrics");
  }

  /**
   * Waits until every task manager is registered with all its slots free, so that nothing of an
   * earlier job manager runs.
   */
  public void awaitIdle(Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    String seen = "no answer";
    while (System.nanoTime() < deadline) {
      try {
        FlinkRest.Slots slots = rest.slots();
        if (slots.taskManagers() == taskManagers.size() && slots.free() == slots.total()) {
          return;
        }
        seen = slots.toString();
      } catch (IOException e) {
        seen = e.toString(); // not up yet
      }
      Thread.sleep(100);
    }
    throw new IOException(
        "no idle cluster of %s task managers after %s, but %s; the job manager's log ends with%n%s"
            .formatted(taskManagers.size(), patience, seen, jobManager.logTail(20)));
  }

  private static ServerSocket freePort() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getByName(HOST));
  }

  @Override
  public void close() {
    taskManagers.forEach(ChildProcess::close);
    jobManager.close();
  }
}
