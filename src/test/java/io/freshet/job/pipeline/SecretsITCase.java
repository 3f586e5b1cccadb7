package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.LogLines;
import io.freshet.config.LearnerConfig;
import io.freshet.job.TrainCommand;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicAdmin;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.Topics;
import io.freshet.lab.docs.CommandRun;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A broker that wants a password: who gets to see it, and who does not. The configuration refers to
 * the password's file, and holds another secret itself.
 */
@Timeout(600)
final class SecretsITCase {
  private static final String SECRET = "swordfish-7c1e";
  private static final String WRITTEN = "halibut-19f0";
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
          + " password=\"%s\"";
  private static final long T = 1_767_225_600_000L;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path brokerFolder;
  private static EmbeddedKafka kafka;

  @TempDir private Path folder;

  @BeforeAll
  static void startBroker() throws Exception {
    kafka =
        EmbeddedKafka.start(
            brokerFolder,
            0,
            Map.of(
                "listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name", "PLAINTEXT",
                "sasl.enabled.mechanisms", "PLAIN",
                "sasl.mechanism.inter.broker.protocol", "PLAIN",
                "listener.name.plaintext.plain.sasl.jaas.config",
                    LOGIN.formatted("broker", "b")
                        + " user_broker=\"b\" user_trainer=\"%s\";".formatted(SECRET)));
    new Topics(client()).ensure(List.of("impressions", "clicks"), 1);
    try (KafkaProducer<byte[], byte[]> producer = client().producer(Map.of())) {
      for (int i = 0; i < 2000; i++) {
        String id = "\"impression_id\": \"i%s\", \"timestamp\": %s".formatted(i, T + 1000L * i);
        send(
            producer,
            "impressions",
            "{%s, \"features\": {\"user\": \"u%s\"}}".formatted(id, i % 9));
        send(producer, "clicks", "{%s}".formatted(id));
      }
    }
  }

  private static void send(KafkaProducer<byte[], byte[]> to, String topic, String value) {
    to.send(new ProducerRecord<>(topic, null, T, null, value.getBytes(UTF_8)));
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @Test
  void aPasswordOpensTheBrokerAndIsShownNowhere() throws Exception {
    Path config = config(folder);
    String savepoint;
    try (LogLines log = LogLines.ofAll()) {
      savepoint = train(config);

      assertThat(log.lines())
          .anyMatch(line -> line.contains("sasl.jaas.config = [hidden]"))
          .noneMatch(line -> line.contains(SECRET) || line.contains(WRITTEN));
    }
    assertThat(filesWith(SECRET)).containsExactly(folder.resolve("password"));
    assertThat(filesWith(WRITTEN)).containsExactly(config);

    Run refused = run(config, "--restore", savepoint, "--set", "model.embedding-size=7");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.lastLine())
        .startsWith("train: refused: model.embedding-size is 7, in the restored state it is 10");
    assertThat(refused.err()).doesNotContain(SECRET);
  }

  @Test
  void commandsConnectAndShowOnlyTheReference() throws Exception {
    String config = config(folder).toString();
    for (String command : List.of("config show", "config show --json", "config check", "doctor")) {
      List<String> args = new ArrayList<>(List.of(command.split(" ")));
      args.add(config);
      CommandRun run = CommandRun.of(args.toArray(String[]::new));

      assertThat(run.out() + run.err())
          .as(command)
          .doesNotContain(SECRET)
          .doesNotContain(WRITTEN)
          .doesNotContain("SaslAuthenticationException");
    }
    assertThat(CommandRun.of("config", "show", config).out()).contains("password}(hidden)");
    try (TopicAdmin admin =
        LearnerConfig.read(Path.of(config), List.of()).kafka().clients().topicAdmin()) {
      assertThat(admin.absent(List.of("impressions", "clicks"))).isEmpty();
    }
  }

  @Test
  void aMissingPasswordIsNamed() throws Exception {
    Path config = config(folder);
    Files.delete(folder.resolve("password"));

    assertThat(run(config).lastLine())
        .startsWith("train: ")
        .contains("kafka.properties.sasl.jaas.config: the file " + folder.resolve("password"));
  }

  @Test
  void noJobGraphHoldsWhatIsReferredTo() throws Exception {
    LearnerConfig learner = LearnerConfig.read(config(folder), List.of());
    LearnerJob job = new LearnerJob(learner, false);
    var env = job.localEnvironment(new Configuration());
    job.build(env);

    String graph =
        new String(
            InstantiationUtil.serializeObject(env.getStreamGraph().getJobGraph()), ISO_8859_1);
    assertThat(graph).contains("freshet:sasl.jaas.config:file:").doesNotContain(SECRET);
  }

  @Test
  void whatIsWrongWithALoginIsSaidWithoutIt() throws Exception {
    Path config = config(folder);
    List<String> logins =
        List.of(
            LOGIN.formatted("trainer", "open-sesame") + ";",
            LOGIN.formatted("trainer", "open-sesame"),
            "PlainLoginModule required username=\"trainer\" open-sesame;",
            "PlainLoginModule open-sesame;",
            "open-sesame");
    for (String login : logins) {
      Run run = run(config, "--set", "kafka.properties.sasl.jaas.config=" + login);

      assertThat(run.code()).as(login).isEqualTo(1);
      assertThat(run.err().lines()).as(login).hasSize(1);
      assertThat(run.err())
          .matches(
              "(?s)train: (Kafka request failed: topic impressions at "
                  + "|Kafka's client cannot use kafka.properties, ).*");
      assertThat(run.err()).doesNotContain("sesame").doesNotContain(SECRET);
    }
  }

  /** Trains until a snapshot is out, looks at all that REST shows, and stops with a savepoint. */
  private String train(Path config) throws Exception {
    LearnerConfig learner = LearnerConfig.read(config, List.of());
    Configuration flink = new Configuration();
    int port = freePort();
    flink.set(RestOptions.BIND_PORT, String.valueOf(port));
    LearnerJob job = new LearnerJob(learner, false);
    var env = job.localEnvironment(flink);
    job.build(env);
    JobClient running = env.executeAsync();
    SnapshotStore store = new SnapshotStore(LocalStorage.at(learner.snapshot().root()));
    while (store.latest().isEmpty()
        || store.manifest(store.latest().get()).dense().examples() == 0) {
      assertThat(running.getJobStatus().get().isTerminalState()).isFalse();
      Thread.sleep(50);
    }
    for (String page : pages(port, running.getJobID().toString())) {
      assertThat(page).doesNotContain(SECRET);
    }
    String savepoint =
        running
            .stopWithSavepoint(
                false,
                folder.resolve("savepoints").toUri().toString(),
                SavepointFormatType.CANONICAL)
            .get(60, TimeUnit.SECONDS);
    running.getJobExecutionResult().get(60, TimeUnit.SECONDS);
    return savepoint;
  }

  private static List<String> pages(int port, String job) throws Exception {
    List<String> paths = new ArrayList<>(List.of("/config", "/overview", "/jobs/overview"));
    for (String page : List.of("config", "environment")) {
      paths.add("/jobmanager/" + page);
    }
    for (String page :
        List.of("", "/config", "/plan", "/checkpoints", "/checkpoints/config", "/exceptions")) {
      paths.add("/jobs/" + job + page);
    }
    JsonNode overview = JSON.readTree(get(port, "/jobs/" + job));
    for (JsonNode vertex : overview.get("vertices")) {
      String path = "/jobs/" + job + "/vertices/" + vertex.get("id").asText();
      paths.addAll(
          List.of(path, path + "/subtasktimes", path + "/metrics", path + "/accumulators"));
    }
    List<String> pages = new ArrayList<>();
    for (String path : paths) {
      pages.add(get(port, path));
    }
    return pages;
  }

  private static String get(int port, String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return answer.body();
  }

  private List<Path> filesWith(String secret) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (text(file).contains(secret)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // a checkpoint that is no longer needed
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure) {
            return FileVisitResult.CONTINUE; // as much as is there
          }
        });
    return found;
  }

  private static String text(Path file) throws IOException {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1);
    } catch (NoSuchFileException e) {
      return ""; // of a checkpoint that Flink removed just now, as the job has a newer one
    }
  }

  private static Path config(Path folder) throws IOException {
    Path password = Files.writeString(folder.resolve("password"), SECRET + "\n");
    return Files.writeString(
        folder.resolve("learner.yaml"),
        """
        kafka:
          bootstrap-servers: "%s"
          properties:
            security.protocol: SASL_PLAINTEXT
            sasl.mechanism: PLAIN
            sasl.jaas.config: '%s;'
            ssl.key.password: %s
        features: [{name: user, kind: categorical}]
        join: {window: 1 min, out-of-orderness: 1 s}
        snapshot: {root: "%s"}
        checkpoint: {interval: 500 ms, dir: "%s"}
        parallelism: 1
        """
            .formatted(
                kafka.bootstrapServers(),
                LOGIN.formatted("trainer", "${file:" + password + "}"),
                WRITTEN,
                folder.resolve("snapshots").toUri(),
                folder.resolve("checkpoints").toUri()));
  }

  private static KafkaClients client() {
    return new KafkaClients(
        kafka.bootstrapServers(),
        Map.of(
            "security.protocol",
            "SASL_PLAINTEXT",
            "sasl.mechanism",
            "PLAIN",
            "sasl.jaas.config",
            LOGIN.formatted("trainer", SECRET) + ";"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return free.getLocalPort();
    }
  }

  /** The command {@code train} as the slim jar runs it. */
  private static Run run(Path config, String... more) {
    List<String> args = new ArrayList<>(List.of("--config", config.toString()));
    args.addAll(List.of(more));
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new TrainCommand())
            .setErr(new PrintWriter(err, true))
            .execute(args.toArray(String[]::new));
    return new Run(code, err.toString());
  }

  private record Run(int code, String err) {
    String lastLine() {
      return err.lines().reduce("", (a, b) -> b);
    }
  }
}
