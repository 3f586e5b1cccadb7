package io.freshet.lab.cluster;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;

/**
 * The services of {@code docker/compose.yaml} as processes of this machine: their own commands,
 * jars and configuration, started as the images' entry points start them. Only what containers keep
 * apart is mapped: addresses, ports and folders; and the stream's times are seconds in place of
 * minutes.
 */
final class ComposedProcesses implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final Path folder;
  private final Path target;
  private final ComposeFile compose;
  private final Map<String, Integer> ports = new TreeMap<>();
  private final Map<String, String> mapped = new LinkedHashMap<>();
  private final List<Process> processes = new ArrayList<>();

  ComposedProcesses(Path folder, Path target, String kafka) throws IOException {
    this.folder = folder;
    this.target = target;
    compose = ComposeFile.read();
    for (String port : List.of("rpc", "8081", "8500", "8501", "8600", "9249", "9249 0", "9249 1")) {
      ports.put(port, freePort());
    }
    mapped.put("kafka:9092", kafka);
    mapped.put("jobmanager:8081", HOST + ":" + port("8081"));
    mapped.put("/var/lib/freshet", folder.resolve("volumes").toString());
    mapped.put("/opt/freshet/learner.yaml", folder.resolve("learner.yaml").toString());
    mapped.put("/opt/freshet/http-ok.sh", ComposeFile.FOLDER.resolve("http-ok.sh").toString());
    mapped.put("0.0.0.0", HOST);
    mapped.put("PT2M", "PT4S");
    mapped.put("PT10S", "PT1S");
    Files.writeString(folder.resolve("learner.yaml"), learner());
    Path usrlib = Files.createDirectories(folder.resolve("flink/usrlib"));
    Files.copy(target.resolve("freshet-job.jar"), usrlib.resolve("freshet-job.jar"));
    Files.createDirectories(folder.resolve("flink/lib"));
    Path conf = Files.createDirectories(folder.resolve("flink/conf"));
    Files.copy(
        Path.of("flink-conf/config.yaml"),
        conf.resolve("config.yaml"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  private String learner() throws IOException {
    return map(Files.readString(ComposeFile.FOLDER.resolve("learner.yaml")))
        .replace("window: 2 min, out-of-orderness: 10 s", "window: 4 s, out-of-orderness: 1 s")
        .replace("evaluate: {window: 1 min}", "evaluate: {window: 2 s}")
        .replace("interval: 30 s", "interval: 1 s");
  }

  /** What a service's address and folders are here. */
  String map(String text) {
    String here = text;
    for (Map.Entry<String, String> entry : mapped.entrySet()) {
      here = here.replace(entry.getKey(), entry.getValue());
    }
    return here;
  }

  int port(String inTheContainer) {
    return ports.get(inTheContainer);
  }

  /** A service of an image that runs the jar of everything, or that of serving. */
  Process freshet(String service, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("-Xmx512m"));
    boolean serves = compose.service(service).get("image").asText().startsWith("freshet-serve:");
    Path jar = target.resolve(serves ? "freshet-serve.jar" : "freshet.jar");
    command.addAll(List.of("-cp", jar + File.pathSeparator + SlimCluster.starters(folder)));
    command.addAll(
        List.of(ChildMain.class.getName(), serves ? "io.freshet.ServeMain" : "io.freshet.Main"));
    for (String argument : compose.command(service)) {
      command.add(ports.containsKey(argument) ? String.valueOf(port(argument)) : map(argument));
    }
    command.addAll(List.of(more));
    return start(service, command);
  }

  /** The job manager: {@code standalone-job} runs such a class with what follows. */
  Process jobManager() throws IOException {
    List<String> arguments = compose.command("jobmanager");
    if (!arguments.get(0).equals("standalone-job")) {
      throw new IllegalStateException("the image's entry point knows no " + arguments.get(0));
    }
    return flink(
        "jobmanager",
        "jobmanager",
        port("9249"),
        ApplicationMain.class,
        arguments.subList(1, arguments.size()).stream().map(this::map).toList());
  }

  Process taskManager(int replica) throws IOException {
    if (!compose.command("taskmanager").equals(List.of("taskmanager"))) {
      throw new IllegalStateException("not what Flink's image calls a task manager");
    }
    return flink(
        "taskmanager",
        "taskmanager-" + replica,
        port("9249 " + replica),
        TaskManagerRunner.class,
        List.of());
  }

  private Process flink(
      String service, String name, int metricsPort, Class<?> main, List<String> arguments)
      throws IOException {
    Path conf = folder.resolve("flink/conf");
    Map<String, String> settings = new TreeMap<>(compose.flinkProperties(service));
    settings.put("jobmanager.rpc.address", HOST);
    settings.put("jobmanager.rpc.port", String.valueOf(port("rpc")));
    settings.put("rest.port", String.valueOf(port("8081")));
    settings.put("rest.bind-address", HOST);
    settings.put("taskmanager.host", HOST);
    settings.put("metrics.reporter.prom.port", String.valueOf(metricsPort));
    settings.put("io.tmp.dirs", Files.createDirectories(folder.resolve("tmp")).toString());
    Configuration flink = GlobalConfiguration.loadConfiguration(conf.toString());
    settings.forEach(flink::setString);
    JvmArguments jvm =
        service.equals("jobmanager")
            ? JvmArguments.ofJobManager(flink)
            : JvmArguments.ofTaskManager(flink);
    List<String> command = new ArrayList<>(jvm.jvm());
    command.add(
        "-Dlog4j2.configurationFile=" + Path.of("flink-conf/log4j-console.properties").toUri());
    command.addAll(List.of("-cp", SlimCluster.classPath(folder, target)));
    command.addAll(List.of(ChildMain.class.getName(), main.getName()));
    command.addAll(List.of("--configDir", conf.toString()));
    settings.forEach((key, value) -> command.addAll(List.of("-D", key + "=" + value)));
    jvm.settings().forEach(setting -> command.addAll(List.of("-D", setting)));
    command.addAll(arguments);
    return start(name, command);
  }

  private Process start(String name, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    builder.environment().put("FLINK_LIB_DIR", folder.resolve("flink/lib").toString());
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** Runs a service's health check against the port in place of the container's. */
  boolean isHealthy(String service, int port) throws IOException, InterruptedException {
    List<String> check = new ArrayList<>();
    for (String word : compose.healthCheck(service)) {
      check.add(ports.containsKey(word) ? String.valueOf(port) : map(word));
    }
    Process process =
        new ProcessBuilder(check)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return free.getLocalPort();
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
