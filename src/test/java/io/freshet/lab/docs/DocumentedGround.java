package io.freshet.lab.docs;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * What the documentation's commands find in the folder that they are typed in: a Kafka, a Flink
 * cluster with its client on the path, a learner's configuration and small files. What an earlier
 * command came to, a later one can name: {@code {job}}, {@code {savepoint}}, {@code {version}}.
 */
final class DocumentedGround implements AutoCloseable {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  private static final Pattern TOKEN = Pattern.compile("\\{([a-z]+)}");
  private static final Map<String, Pattern> TOLD =
      Map.of(
          "job", Pattern.compile("JobID ([0-9a-f]{32})"),
          "savepoint", Pattern.compile("Savepoint completed\\. Path: (\\S+)"));

  private final Path folder;
  private final EmbeddedKafka kafka;
  private final MiniCluster flink;
  private final Map<String, String> values = new ConcurrentHashMap<>();

  DocumentedGround(Path folder) throws Exception {
    this.folder = folder;
    kafka = EmbeddedKafka.start();
    flink = cluster();
    // commands are typed as they are shown, without quotes: the project may be where spaces are
    Path jars = Files.createSymbolicLink(folder.resolve("jars"), TARGET);
    values.put("jar", jars.resolve("freshet.jar").toString());
    values.put("slimjar", jars.resolve("freshet-job.jar").toString());
    values.put(
        "project",
        Files.createSymbolicLink(folder.resolve("project"), Path.of("").toAbsolutePath())
            .toString());
    values.put("folder", folder.toString());
    values.put("broker", kafka.bootstrapServers());
    values.put("flink", flink.getRestAddress().get().toString());
    values.put("root", Files.createDirectory(folder.resolve("snapshots")).toString());
    values.put("port", freePort());
    writeLearner();
    writeData();
    writeClient();
  }

  private static MiniCluster cluster() throws Exception {
    Configuration settings = new Configuration();
    settings.set(RestOptions.BIND_PORT, "0");
    // its class path is that of the tests, which has what the jar brings
    settings.set(CoreOptions.CLASSLOADER_RESOLVE_ORDER, "parent-first");
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(4)
                .build());
    cluster.start();
    return cluster;
  }

  private void writeLearner() throws IOException {
    Files.writeString(
        folder.resolve("learner.yaml"),
        """
        name: ctr
        kafka: {bootstrap-servers: "%s"}
        features:
          - {name: user, kind: categorical}
          - {name: item, kind: categorical}
          - {name: genres, kind: multi}
          - {name: device, kind: categorical}
          - {name: price, kind: numeric, transform: log}
        join: {window: 1 min, out-of-orderness: 1 s}
        examples: {to: topic}
        predictions: {to: topic}
        snapshot: {root: "%s", merge: {share: 1000}}
        checkpoint: {interval: 1 s, dir: "%s", backend: hashmap}
        parallelism: 1
        """
            .formatted(
                kafka.bootstrapServers(),
                folder.resolve("snapshots").toUri(),
                folder.resolve("checkpoints").toUri()));
  }

  /** A table for evaluate, three for fit, and the first ratings of MovieLens. */
  private void writeData() throws IOException {
    StringBuilder test = new StringBuilder("user,item,genres,device,price,label\n");
    for (int i = 0; i < 60; i++) {
      test.append("u%s,i%s,g%s,%s,%s,%s\n".formatted(i % 9, i % 7, i % 3, "phone", i + 1, i % 2));
    }
    Files.writeString(folder.resolve("test.csv"), test);
    StringBuilder frappe =
        new StringBuilder(
            "user,item,daytime,weekday,isweekend,homework,cost,weather,country,city,label\n");
    for (int i = 0; i < 40; i++) {
      frappe.append("%s,%s,d,w,%s,h,c,s,l,t,%s\n".formatted(i % 5, i % 7, i % 2, i % 2));
    }
    for (String name : List.of("train", "valid", "held-out")) {
      Files.writeString(folder.resolve(name + ".csv"), frappe);
    }
    Path movieLens = Files.createDirectory(folder.resolve("ml-latest-small"));
    Path recorded = Path.of("src/test/resources/ml-latest-small");
    Files.copy(recorded.resolve("movies.csv"), movieLens.resolve("movies.csv"));
    try (Stream<String> lines = Files.lines(recorded.resolve("ratings.csv"))) {
      Files.write(movieLens.resolve("ratings.csv"), lines.limit(600).toList());
    }
  }

  /** As {@code bin/flink} starts it: Flink on the class path, and nothing of ours. */
  private void writeClient() throws IOException {
    Path conf = Files.createDirectory(folder.resolve("conf"));
    Files.writeString(
        conf.resolve("config.yaml"),
        "rest: {address: 127.0.0.1, port: %s}\n"
            .formatted(URI.create(values.get("flink")).getPort()));
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).toAbsolutePath().startsWith(TARGET))
            .collect(Collectors.joining(File.pathSeparator));
    String opened =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--add-opens"))
            .collect(Collectors.joining(" "));
    Path client = Files.createDirectory(folder.resolve("bin")).resolve("flink");
    Files.writeString(
        client,
        """
        #!/bin/sh
        export FLINK_CONF_DIR='%s'
        exec java %s \\
            -cp '%s' org.apache.flink.client.cli.CliFrontend "$@"
        """
            .formatted(conf, opened, classPath));
    if (!client.toFile().setExecutable(true)) {
      throw new IOException(client + " cannot be made executable");
    }
  }

  String fill(String text) {
    return TOKEN.matcher(text).replaceAll(match -> Matcher.quoteReplacement(value(match.group(0))));
  }

  private String value(String token) {
    String name = token.substring(1, token.length() - 1);
    String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("no earlier command printed " + token);
    }
    return value;
  }

  void remember(String output) {
    TOLD.forEach(
        (name, pattern) -> {
          Matcher found = pattern.matcher(output);
          if (found.find()) {
            values.put(name, found.group(1));
          }
        });
  }

  /**
   * Whether what a phase waits for is there.
   *
   * @param what {@code snapshots}: several with rows; {@code jobs}: all learn
   */
  boolean isThere(String what) throws Exception {
    return switch (what) {
      case "snapshots" -> haveSnapshots();
      case "jobs" -> doJobsLearn();
      default -> throw new IllegalArgumentException("nobody knows when there are " + what);
    };
  }

  private boolean haveSnapshots() throws IOException {
    SnapshotStore store = new SnapshotStore(LocalStorage.at(values.get("root")));
    List<String> learned = new ArrayList<>();
    for (Version version : store.versions().stream().sorted().toList()) {
      if (store.manifest(version).metrics().get("logloss") != null) {
        learned.add(version.toString());
      }
    }
    if (learned.size() < 2) {
      return false;
    }
    values.put("older", learned.get(0));
    values.put("version", learned.get(1));
    return true;
  }

  /** Of the jobs that run, each has completed a checkpoint since it began. */
  private boolean doJobsLearn() throws Exception {
    for (var job : flink.listJobs().get()) {
      if (!job.getJobState().isGloballyTerminalState()) {
        var stats = flink.getExecutionGraph(job.getJobId()).get().getCheckpointStatsSnapshot();
        if (stats == null || stats.getCounts().getNumberOfCompletedCheckpoints() == 0) {
          return false;
        }
      }
    }
    return true;
  }

  Path folder() {
    return folder;
  }

  String path() {
    return folder.resolve("bin")
        + File.pathSeparator
        + Path.of(System.getProperty("java.home"), "bin")
        + File.pathSeparator
        + System.getenv("PATH");
  }

  private static String freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return Integer.toString(socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    flink.closeAsync().join();
    kafka.close();
  }
}
