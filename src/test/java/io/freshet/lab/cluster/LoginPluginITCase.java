package io.freshet.lab.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.kafka.KafkaClients;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.lab.broker.Topics;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that asks for tokens, which a class in a jar of the user's makes: in one process, and on
 * a cluster that has Flink's own jars and is given the slim jar. The events are compressed by each
 * of Kafka's codecs.
 */
@Timeout(240)
final class LoginPluginITCase {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  private static final List<String> CODECS = List.of("gzip", "snappy", "lz4", "zstd");
  private static final int EACH = 500;
  private static final String LOGIN =
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required%s;";
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "security.protocol",
          "SASL_PLAINTEXT",
          "sasl.mechanism",
          "OAUTHBEARER",
          "sasl.jaas.config",
          LOGIN.formatted(""),
          "sasl.login.callback.handler.class",
          CompanyLogin.class.getName());

  @TempDir private static Path shared;
  private static EmbeddedKafka broker;
  private static KafkaClients kafka;
  private static Path plugin;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    broker =
        EmbeddedKafka.start(
            shared.resolve("broker"),
            0,
            Map.of(
                "listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name", "PLAINTEXT",
                "sasl.enabled.mechanisms", "OAUTHBEARER",
                "sasl.mechanism.inter.broker.protocol", "OAUTHBEARER",
                "listener.name.plaintext.oauthbearer.sasl.jaas.config",
                    LOGIN.formatted(" unsecuredLoginStringClaim_sub=\"broker\"")));
    kafka = new KafkaClients(broker.bootstrapServers(), PROPERTIES);
    plugin = jar(shared.resolve("company login.jar"), CompanyLogin.class);
    new Topics(kafka).create("served", 1);
    for (int codec = 0; codec < CODECS.size(); codec++) {
      try (var producer = kafka.producer(Map.of("compression.type", CODECS.get(codec)))) {
        for (int i = codec * EACH; i < (codec + 1) * EACH; i++) {
          String served = "{\"id\": \"i%s\", \"user\": \"u%s\", \"clicked\": %s}";
          producer.send(
              new ProducerRecord<>(
                  "served", served.formatted(i, i % 9, i % 3 == 0).getBytes(UTF_8)));
        }
      }
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void oneProcessHasThePluginOnItsClassPath() throws Exception {
    Path config = config("process");
    String path = TARGET.resolve("freshet.jar") + File.pathSeparator + plugin;

    Path log = folder.resolve("train.log");
    Process train =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                path,
                "io.freshet.Main",
                "train",
                "--bounded",
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();

    assertThat(train.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(train.exitValue()).as(Files.readString(log)).isZero();
    assertThat(learned("process")).hasSize(EACH * CODECS.size());
  }

  @Test
  void aClusterIsGivenThePluginBesideTheSlimJar() throws Exception {
    Path config = config("cluster");
    try (SlimCluster cluster = new SlimCluster(folder, TARGET)) {
      cluster.awaitIdle(Duration.ofMinutes(1));

      String said =
          cluster.submit(
              "-C",
              plugin.toUri().toString(),
              TARGET.resolve("freshet-job.jar").toString(),
              "--config",
              config.toString(),
              "--bounded");

      assertThat(said).contains("Job has been submitted");
      awaitEnd(cluster);
    }
    assertThat(learned("cluster")).hasSize(EACH * CODECS.size());
  }

  private static void awaitEnd(SlimCluster cluster) throws Exception {
    JsonNode job = cluster.get("/jobs").get("jobs").get(0);
    while (!job.get("status").asText().equals("FINISHED")) {
      assertThat(job.get("status").asText()).isIn("INITIALIZING", "CREATED", "RUNNING");
      Thread.sleep(200);
      job = cluster.get("/jobs").get("jobs").get(0);
    }
  }

  private static TreeSet<String> learned(String name) throws Exception {
    TreeSet<String> ids = new TreeSet<>();
    TopicContents.bytes(kafka, name + "-examples")
        .forEach(
            example ->
                ids.add(
                    new String(example.value(), UTF_8)
                        .replaceFirst(".*\"impression_id\":\"(\\w+)\".*", "$1")));
    return ids;
  }

  /** The classes of a plug-in, as its build packs them. */
  private static Path jar(Path jar, Class<?> plugin) throws IOException {
    List<Class<?>> classes = new ArrayList<>(List.of(plugin));
    classes.addAll(List.of(plugin.getDeclaredClasses()));
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> type : classes) {
        String file = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(file));
        try (InputStream in = type.getClassLoader().getResourceAsStream(file)) {
          in.transferTo(out);
        }
      }
    }
    return jar;
  }

  private Path config(String name) throws IOException {
    List<String> properties = new ArrayList<>();
    PROPERTIES.forEach((key, value) -> properties.add("    %s: '%s'".formatted(key, value)));
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        name: %1$s
        kafka:
          bootstrap-servers: "%2$s"
          topics: {impressions: served, dead-letters: %1$s-dead, metrics: %1$s-metrics, snapshots: %1$s-snapshots}
          properties:
        %3$s
        events: {impressions: {id: id, timestamp-unit: kafka, label: {field: clicked}}}
        features: [{name: user, kind: categorical}]
        model: {embedding-size: 4, hidden-layers: [8]}
        examples: {to: topic, topic: %1$s-examples}
        snapshot: {root: "%4$s", gate: {base-rate: false}}
        checkpoint: {interval: 1 s, dir: "%5$s"}
        parallelism: 1
        """
            .formatted(
                name,
                kafka.servers(),
                String.join("\n", properties),
                folder.resolve("snapshots").toUri(),
                folder.resolve("checkpoints").toUri()));
  }
}
