package io.freshet.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;

/**
 * A session cluster of two processes as an image has it: on its class path is Flink, and nothing of
 * what the slim jar brings. The jar is submitted as {@code flink run} does it.
 */
final class SlimCluster implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern BROUGHT_BY_THE_JAR =
      Pattern.compile(
          ".*/(kafka[-_][^/]*|flink-connector-kafka[^/]*|jackson-[^/]*|snakeyaml-\\d[^/]*|ejml-[^/]*"
              + "|zstd-jni[^/]*|openblas[^/]*|javacpp[^/]*|hash4j[^/]*|picocli[^/]*)\\.jar");
  private static final String BOUNDARY = "the-jar-is-between";

  private final HttpClient client = HttpClient.newHttpClient();
  private final String address;
  private final Path folder;
  private final String classPath;
  private final List<String> jvmOfClient;
  private final Process jobManager;
  private final Process taskManager;

  /**
   * @param target what the build writes to: none of it is on the cluster's class path
   * @param lib jars that are, as those in Flink's folder of this name
   */
  SlimCluster(Path folder, Path target, Path... lib) throws IOException {
    this.folder = folder;
    Path conf = copy("config.yaml", folder.resolve("conf"));
    Map<String, String> settings = settings();
    address = "http://127.0.0.1:" + settings.get("rest.port");
    Configuration flink = GlobalConfiguration.loadConfiguration(conf.toString());
    settings.forEach(flink::setString);
    StringBuilder classes = new StringBuilder(classPath(folder, target));
    for (Path jar : lib) {
      classes.append(File.pathSeparator).append(jar);
    }
    classPath = classes.toString();
    jvmOfClient = JvmArguments.ofJobManager(flink).jvm();
    jobManager =
        start(
            "job-manager",
            classPath,
            StandaloneSessionClusterEntrypoint.class,
            conf,
            settings,
            JvmArguments.ofJobManager(flink));
    taskManager =
        start(
            "task-manager",
            classPath,
            TaskManagerRunner.class,
            conf,
            settings,
            JvmArguments.ofTaskManager(flink));
  }

  private Map<String, String> settings() throws IOException {
    Files.createDirectories(folder.resolve("tmp"));
    Map<String, String> s = new TreeMap<>();
    s.put("jobmanager.rpc.address", "127.0.0.1");
    s.put("rest.address", "127.0.0.1");
    s.put("rest.bind-address", "127.0.0.1");
    s.put("taskmanager.host", "127.0.0.1");
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocket rest = new ServerSocket(0, 1, loopback);
        ServerSocket rpc = new ServerSocket(0, 1, loopback)) {
      s.put("rest.port", String.valueOf(rest.getLocalPort()));
      s.put("jobmanager.rpc.port", String.valueOf(rpc.getLocalPort()));
    }
    s.put("io.tmp.dirs", folder.resolve("tmp").toString());
    s.put("jobmanager.memory.process.size", "900m");
    s.put("jobmanager.memory.jvm-metaspace.size", "160m");
    s.put("taskmanager.memory.process.size", "1100m");
    s.put("taskmanager.memory.framework.off-heap.size", "64m");
    s.put("taskmanager.memory.jvm-overhead.min", "96m");
    s.put("taskmanager.memory.managed.fraction", "0.3");
    s.put("metrics.fetcher.update-interval", "500 ms");
    s.put("web.refresh-interval", "250 ms");
    return s;
  }

  /**
   * That of Flink in an image: only what starts a process, and ends it with its parent, is ours.
   */
  static String classPath(Path folder, Path target) throws IOException {
    Path ours = starters(folder);
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).toAbsolutePath().startsWith(target))
        .filter(entry -> !BROUGHT_BY_THE_JAR.matcher(entry).matches())
        .collect(Collectors.joining(File.pathSeparator, ours + File.pathSeparator, ""));
  }

  /** A folder of the classes that start a process and end it with its parent. */
  static Path starters(Path folder) throws IOException {
    Path ours = folder.resolve("starters");
    for (String own :
        List.of(
            "ChildMain.class",
            "ApplicationMain.class",
            "ApplicationMain$Arguments.class",
            "log4j2-cluster.properties")) {
      copy(own, ours.resolve("io/freshet/lab/cluster"));
    }
    return ours;
  }

  private static Path copy(String resource, Path to) throws IOException {
    Files.createDirectories(to);
    try (InputStream in = FlinkCluster.class.getResourceAsStream(resource)) {
      Files.copy(in, to.resolve(resource), StandardCopyOption.REPLACE_EXISTING);
    }
    return to;
  }

  private Process start(
      String name,
      String classPath,
      Class<?> main,
      Path conf,
      Map<String, String> settings,
      JvmArguments arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments.jvm());
    command.add("-XX:SoftRefLRUPolicyMSPerMB=0"); // caches go with each collection, leaks stay
    command.add("-Dlog4j2.configurationFile=io/freshet/lab/cluster/log4j2-cluster.properties");
    command.addAll(List.of("-cp", classPath, ChildMain.class.getName(), main.getName()));
    command.addAll(List.of("--configDir", conf.toString()));
    settings.forEach((key, value) -> command.addAll(List.of("-D", key + "=" + value)));
    arguments.settings().forEach(setting -> command.addAll(List.of("-D", setting)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile());
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    return builder.start();
  }

  int restPort() {
    return URI.create(address).getPort();
  }

  Process taskManager() {
    return taskManager;
  }

  Process jobManager() {
    return jobManager;
  }

  void awaitIdle(Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline && jobManager.isAlive() && taskManager.isAlive()) {
      try {
        JsonNode overview = get("/overview");
        if (overview.get("slots-total").asInt() == 2
            && overview.get("slots-available").asInt() == 2) {
          return;
        }
      } catch (IOException e) {
        Thread.sleep(100); // not up yet, or no leader yet
      }
      Thread.sleep(100);
    }
    throw new IOException("no idle cluster, waited " + patience + "; its logs are in " + folder);
  }

  String upload(Path jar) throws IOException, InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(
        """
        --%s\r
        Content-Disposition: form-data; name="jarfile"; filename="%s"\r
        Content-Type: application/x-java-archive\r
        \r
        """
            .formatted(BOUNDARY, jar.getFileName())
            .getBytes(StandardCharsets.UTF_8));
    body.writeBytes(Files.readAllBytes(jar));
    body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        request("/jars/upload")
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(BodyPublishers.ofByteArray(body.toByteArray()))
            .build();
    return Path.of(send(request).get("filename").asText()).getFileName().toString();
  }

  String run(String jar, String... args) throws IOException, InterruptedException {
    String body = JSON.writeValueAsString(Map.of("programArgsList", args));
    HttpRequest request =
        request("/jars/" + jar + "/run")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    return send(request).get("jobid").asText();
  }

  /** Runs {@code flink run -d} with these arguments, and returns what it printed. */
  String submit(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOfClient);
    command.addAll(List.of("-cp", classPath, CliFrontend.class.getName(), "run", "-d"));
    URI rest = URI.create(address);
    command.addAll(List.of("-t", "remote", "-Drest.address=" + rest.getHost()));
    command.add("-Drest.port=" + rest.getPort());
    command.addAll(List.of(arguments));
    Path log = folder.resolve("client.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("FLINK_CONF_DIR", folder.resolve("conf").toString());
    if (!builder.start().waitFor(2, TimeUnit.MINUTES)) {
      throw new IOException("flink run does not end; its log is " + log);
    }
    return Files.readString(log);
  }

  void cancel(String job) throws IOException, InterruptedException {
    send(request("/jobs/" + job).method("PATCH", BodyPublishers.noBody()).build());
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofMinutes(1));
  }

  private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          request.uri() + ": " + new String(response.body(), StandardCharsets.UTF_8));
    }
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    taskManager.destroyForcibly();
    jobManager.destroyForcibly();
  }
}
