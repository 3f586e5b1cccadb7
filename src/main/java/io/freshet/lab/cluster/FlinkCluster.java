package io.freshet.lab.cluster;

import static java.util.Objects.requireNonNull;

import io.freshet.cli.console.source.FlinkRest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
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
  private final Host jobManagerHost;
  private final List<Host> hosts; // of the task managers
  private final int restPort;
  private final FlinkRest rest;
  private final ChildProcess jobManager;
  private final List<ChildProcess> taskManagers = new ArrayList<>();
  private final List<Integer> metricPorts = new ArrayList<>();
  private final List<DelayedPort> delays = new ArrayList<>();

  /**
   * A cluster that does not run yet.
   *
   * @param directory of configuration, logs and working files
   * @param overrides of the Flink settings that ship
   */
  public FlinkCluster(Path directory, int taskManagers, Map<String, String> overrides)
      throws IOException {
    this(directory, Host.LOOPBACK, Collections.nCopies(taskManagers, Host.LOOPBACK), overrides);
  }

  /**
   * One whose task managers exchange records as over long cables.
   *
   * @param delay how long records are under way, in nanoseconds; may change meanwhile
   */
  public FlinkCluster(
      Path directory, int taskManagers, Map<String, String> overrides, LongSupplier delay)
      throws IOException {
    this(
        directory,
        Host.LOOPBACK,
        Collections.nCopies(taskManagers, Host.LOOPBACK),
        overrides,
        Optional.of(delay));
  }

  /**
   * One whose processes run on these hosts.
   *
   * @param taskManagers the host of each
   */
  public FlinkCluster(
      Path directory, Host jobManager, List<Host> taskManagers, Map<String, String> overrides)
      throws IOException {
    this(directory, jobManager, taskManagers, overrides, Optional.empty());
  }

  private FlinkCluster(
      Path directory,
      Host jobManager,
      List<Host> taskManagers,
      Map<String, String> overrides,
      Optional<LongSupplier> delay)
      throws IOException {
    jobManagerHost = requireNonNull(jobManager, "jobManager");
    hosts = List.copyOf(taskManagers);
    Path conf = requireNonNull(directory, "directory").resolve("conf");
    Files.createDirectories(directory.resolve("tmp"));
    ship(conf);
    try (ServerSocket rest = freePort();
        ServerSocket rpc = freePort()) {
      restPort = rest.getLocalPort();
      Map<String, String> settings = new TreeMap<>(overrides);
      settings.put("jobmanager.rpc.address", jobManager.address());
      settings.put("jobmanager.bind-host", jobManager.address());
      settings.put("jobmanager.rpc.port", String.valueOf(rpc.getLocalPort()));
      settings.put("rest.address", jobManager.address());
      settings.put("rest.bind-address", jobManager.address());
      settings.put("rest.port", String.valueOf(restPort));
      settings.put("io.tmp.dirs", directory.resolve("tmp").toString());
      Configuration flink = GlobalConfiguration.loadConfiguration(conf.toString());
      settings.forEach(flink::setString);
      Path logs = directory.resolve("logs");
      this.jobManager =
          process(
              "job-manager",
              jobManager,
              logs,
              StandaloneSessionClusterEntrypoint.class,
              conf,
              settings,
              JvmArguments.ofJobManager(flink));
      for (Host host : hosts) {
        metricPorts.add(metricsPort(settings));
        settings.put("taskmanager.host", host.address());
        if (delay.isPresent()) {
          delayRecords(settings, delay.get());
        }
        this.taskManagers.add(
            process(
                    "task-manager-" + this.taskManagers.size(),
                    host,
                    logs,
                    TaskManagerRunner.class,
                    conf,
                    settings,
                    JvmArguments.ofTaskManager(flink))
                .keptRunning());
      }
    }
    this.rest = new FlinkRest(URI.create("http://%s:%s".formatted(jobManager.address(), restPort)));
  }

  /** Sets a port for the metrics of one process in place of the range that ships. */
  private static int metricsPort(Map<String, String> settings) throws IOException {
    try (ServerSocket free = freePort()) {
      settings.put("metrics.reporter.prom.port", String.valueOf(free.getLocalPort()));
      return free.getLocalPort();
    }
  }

  /** Announces a delayed port to the others, and listens behind it. */
  private void delayRecords(Map<String, String> settings, LongSupplier delay) throws IOException {
    try (ServerSocket free = freePort()) {
      DelayedPort port = new DelayedPort(free.getLocalPort(), delay);
      delays.add(port);
      settings.put("taskmanager.data.port", String.valueOf(port.port()));
      settings.put("taskmanager.data.bind-port", String.valueOf(free.getLocalPort()));
    }
  }

  private static ChildProcess process(
      String name,
      Host host,
      Path logs,
      Class<?> main,
      Path conf,
      Map<String, String> settings,
      JvmArguments arguments) {
    List<String> command = new ArrayList<>(List.of(main.getName(), "--configDir", conf.toString()));
    settings.forEach((key, value) -> command.addAll(List.of("-D", key + "=" + value)));
    arguments.settings().forEach(setting -> command.addAll(List.of("-D", setting)));
    return new ChildProcess(name, host, logs.resolve(name + ".log"), arguments.jvm(), command);
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

  public Host jobManagerHost() {
    return jobManagerHost;
  }

  /** Where a task manager runs. */
  public Host host(int taskManager) {
    return hosts.get(taskManager);
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
    return FlinkRest.text(
        URI.create(
            "http://%s:%s/metrics"
                .formatted(hosts.get(taskManager).address(), metricPorts.get(taskManager))));
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
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @Override
  public void close() {
    taskManagers.forEach(ChildProcess::close);
    jobManager.close();
    delays.forEach(DelayedPort::close);
  }
}
