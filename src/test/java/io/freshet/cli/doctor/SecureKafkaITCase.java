package io.freshet.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.docs.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker as production has it: TLS with a certificate of its own, SCRAM, and an authorizer that
 * forbids what nobody allowed. What the page of events says that a learner needs is what it needs.
 */
final class SecureKafkaITCase {
  private static final String PASSWORD = "kittiwake";
  private static final String LOGIN =
      "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\"";
  private static final String PLAIN = "plain.PlainLoginModule";
  private static final String SCRAM = "scram.ScramLoginModule";
  private static final long T = 1_767_225_600_000L;
  private static final List<String> READ = List.of("impressions", "clicks");
  private static final List<String> WRITTEN =
      List.of("dead-letters", "late-clicks", "metrics", "snapshots");

  @TempDir private static Path folder;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void startBroker() throws Exception {
    makeCertificate();
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, broker());
    try (Admin admin = Admin.create(administrator())) {
      List<NewTopic> topics = new ArrayList<>();
      READ.forEach(topic -> topics.add(new NewTopic(topic, 1, (short) 1)));
      WRITTEN.forEach(topic -> topics.add(new NewTopic(topic, 1, (short) 1)));
      admin.createTopics(topics).all().get();
      var scram = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
      admin
          .alterUserScramCredentials(
              List.of(new UserScramCredentialUpsertion("learner", scram, PASSWORD)))
          .all()
          .get();
    }
    produce();
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @Test
  void theDoctorNamesEachMissingAclAndWithThoseThatItNamesALearnerLearns() throws Exception {
    String config = config().toString();

    CommandRun shut = CommandRun.of("doctor", "--config", config);
    CommandRun unseen = CommandRun.of("topics", "--config", config);
    grant(ResourceType.TOPIC, "impressions", AclOperation.DESCRIBE);
    CommandRun ajar = CommandRun.of("doctor", "--config", config);
    READ.forEach(topic -> grant(ResourceType.TOPIC, topic, AclOperation.READ));
    WRITTEN.forEach(topic -> grant(ResourceType.TOPIC, topic, AclOperation.WRITE));
    grant(ResourceType.GROUP, "freshet-secure", AclOperation.READ);
    CommandRun open = CommandRun.of("doctor", "--config", config);
    CommandRun train = CommandRun.of("train", "--config", config, "--bounded");

    assertThat(shut.code()).as(shut.out()).isEqualTo(1);
    for (String topic : READ) {
      assertThat(shut.out()).contains("problem  topic " + topic + ": is not there, or this client");
    }
    assertThat(shut.out())
        .contains("ok       kafka: 1 brokers")
        .contains("grant it READ and DESCRIBE on the topic")
        .contains("grant it WRITE and DESCRIBE on the topic")
        .contains("grant it READ on the group");
    assertThat(unseen.code()).isEqualTo(1);
    assertThat(unseen.out()).contains("clicks: not seen", "grant it DESCRIBE");
    assertThat(ajar.out()).contains("problem  topic impressions: this client may not read it");
    assertThat(open.code()).as(open.out()).isZero();
    assertThat(open.out()).doesNotContain("grant");
    assertThat(train.code()).as(train.err()).isZero();
    assertThat(folder.resolve("snapshots/latest.json")).exists();
    for (CommandRun run : List.of(shut, unseen, ajar, open, train)) {
      assertThat(run.out() + run.err()).doesNotContain(PASSWORD);
    }
  }

  private static Path config() throws IOException {
    return Files.writeString(
        folder.resolve("learner.yaml"),
        """
        name: secure
        kafka:
          bootstrap-servers: "%s"
          properties:
            security.protocol: SASL_SSL
            ssl.truststore.type: PEM
            ssl.truststore.location: %s
            sasl.mechanism: SCRAM-SHA-512
            sasl.jaas.config: '%s'
        features: [{name: user, kind: categorical}]
        join: {window: 30 s, out-of-orderness: 10 s}
        model: {embedding-size: 4, hidden-layers: [8]}
        snapshot: {root: "%s"}
        checkpoint: {interval: 500 ms, dir: "%s", backend: hashmap}
        parallelism: 1
        """
            .formatted(
                kafka.bootstrapServers(),
                folder.resolve("broker.pem"),
                LOGIN.formatted(SCRAM, "learner", PASSWORD) + ";",
                folder.resolve("snapshots").toUri(),
                folder.resolve("checkpoints").toUri()));
  }

  private static Map<String, String> broker() {
    Map<String, String> settings = new HashMap<>();
    settings.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        "listener.name.plaintext.plain.sasl.jaas.config",
        LOGIN.formatted(PLAIN, "broker", "b") + " user_broker=\"b\";");
    settings.put(
        "listener.name.plaintext.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security." + SCRAM + " required;");
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.location", folder.resolve("broker.p12").toString());
    settings.put("ssl.keystore.password", PASSWORD);
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.location", folder.resolve("broker.pem").toString());
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:broker;User:ANONYMOUS"); // the latter only as controller
    return settings;
  }

  private static Map<String, Object> administrator() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "security.protocol",
        "SASL_SSL",
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        folder.resolve("broker.pem").toString(),
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        LOGIN.formatted(PLAIN, "broker", "b") + ";");
  }

  private static void grant(ResourceType type, String name, AclOperation operation) {
    try (Admin admin = Admin.create(administrator())) {
      admin
          .createAcls(
              List.of(
                  new AclBinding(
                      new ResourcePattern(type, name, PatternType.LITERAL),
                      new AccessControlEntry(
                          "User:learner", "*", operation, AclPermissionType.ALLOW))))
          .all()
          .get();
    } catch (Exception e) { // Kafka's futures declare no narrower one
      throw new IllegalStateException(operation + " on " + name, e);
    }
  }

  private static void produce() {
    try (var producer =
        new KafkaProducer<>(
            administrator(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < 500; i++) {
        String id = "\"impression_id\": \"i%s\", \"timestamp\": %s".formatted(i, T + 1000L * i);
        String user = "{%s, \"features\": {\"user\": \"u%s\"}}".formatted(id, i % 9);
        producer.send(new ProducerRecord<>("impressions", null, T, null, user.getBytes(UTF_8)));
        producer.send(
            new ProducerRecord<>("clicks", null, T, null, ("{" + id + "}").getBytes(UTF_8)));
      }
    }
  }

  private static void makeCertificate() throws IOException, InterruptedException {
    String store = folder.resolve("broker.p12").toString();
    keytool(
        "-genkeypair -alias broker -keyalg EC -dname CN=127.0.0.1 -ext SAN=ip:127.0.0.1"
            + " -validity 2 -storetype PKCS12 -storepass "
            + PASSWORD
            + " -keystore",
        store);
    keytool(
        "-exportcert -rfc -alias broker -storepass %s -file %s -keystore"
            .formatted(PASSWORD, folder.resolve("broker.pem")),
        store);
  }

  private static void keytool(String options, String store)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(Arrays.asList(options.split(" ")));
    command.add(store);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
  }
}
