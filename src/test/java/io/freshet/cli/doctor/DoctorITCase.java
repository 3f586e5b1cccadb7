package io.freshet.cli.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.kafka.TopicAdmin;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.docs.CommandRun;
import io.freshet.lab.stream.AvroEvents;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code topics} and {@code doctor}, against a broker. */
final class DoctorITCase {
  private static EmbeddedKafka kafka;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws IOException {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void topicsAreShownThenCreatedThenFoundWell() throws Exception {
    Path config = config("well");

    CommandRun plan = CommandRun.of("topics", "--config", config.toString());
    CommandRun doubt = CommandRun.of("doctor", "--config", config.toString());
    CommandRun made = CommandRun.of("topics", "--config", config.toString(), "--create");
    CommandRun again = CommandRun.of("topics", "--config", config.toString(), "--create");
    CommandRun health = CommandRun.of("doctor", "--config", config.toString());

    assertThat(plan.code()).isZero();
    assertThat(plan.out().lines())
        .hasSize(6)
        .contains(
            "well-impressions: would be created: 2 partitions, cleanup.policy=delete,"
                + " max.message.bytes=1052672, message.timestamp.after.max.ms=600000,"
                + " message.timestamp.type=CreateTime, retention.ms=604800000");
    assertThat(doubt.code()).isEqualTo(1);
    assertThat(doubt.out())
        .contains("problem  topic well-clicks: does not exist")
        .contains("warning  topic well-metrics: does not exist")
        .contains("         create it: freshet topics --config FILE --create");
    assertThat(made.code()).isZero();
    assertThat(made.out()).contains("well-impressions: created: 2 partitions");
    assertThat(again.out().lines()).hasSize(6).allMatch(line -> line.endsWith(": exists"));
    assertThat(health).satisfies(run -> assertThat(run.code()).as(run.out()).isZero());
    assertThat(health.out())
        .contains("ok       kafka: 1 brokers at " + kafka.bootstrapServers())
        .contains("ok       topic well-impressions: 2 partitions, 1 replicas")
        .contains("ok       snapshot.root: ")
        .doesNotContain("problem", "\u001b");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(config);
    }
  }

  @Test
  void aTransactionThatNobodyEndsIsNamed() throws Exception {
    Path config = config("hanging");
    CommandRun.of("topics", "--config", config.toString(), "--create");
    try (var producer = kafka.clients().producer(Map.of("transactional.id", "hanging"))) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("hanging-clicks", 1, 1L, null, new byte[1])).get();

      CommandRun run = CommandRun.of("doctor", "--config", config.toString());

      assertThat(run.out())
          .contains("warning  topic hanging-clicks: a transaction on partition 1 is open from")
          .contains("abort --topic hanging-clicks --partition 1 --start-offset 0");
    }
  }

  @Test
  void aTopicThatLosesRecordsIsNamedAndLeftAsItIs() throws Exception {
    Path config = config("bad");
    try (TopicAdmin admin = kafka.clients().topicAdmin()) {
      NewTopic bad = new NewTopic("bad-impressions", 1, (short) 1);
      bad.configs(
          Map.of(
              "cleanup.policy", "compact,delete",
              "retention.ms", "3600000",
              "message.timestamp.type", "LogAppendTime"));
      admin.create(List.of(bad));
    }

    CommandRun run = CommandRun.of("topics", "--config", config.toString(), "--create", "--json");
    CommandRun doctor = CommandRun.of("doctor", "--config", config.toString(), "--json");

    assertThat(run.code()).isEqualTo(1);
    JsonNode topic = new ObjectMapper().readTree(run.out()).get(0);
    assertThat(topic.get("state").asText()).isEqualTo("exists");
    assertThat(topic.get("faults"))
        .extracting(JsonNode::asText)
        .satisfiesExactly(
            fault -> assertThat(fault).contains("1 partitions for parallelism 2"),
            fault -> assertThat(fault).contains("retention.ms is 3600000", "set it to 88200000"),
            fault -> assertThat(fault).contains("after.max.ms is", "set it to 600000 or less"),
            fault -> assertThat(fault).contains("is LogAppendTime"),
            fault -> assertThat(fault).contains("is compact,delete"));
    assertThat(doctor.code()).isZero();
    assertThat(new ObjectMapper().readTree(doctor.out()))
        .filteredOn(finding -> finding.get("about").asText().equals("topic bad-impressions"))
        .hasSize(5)
        .allSatisfy(
            finding -> {
              assertThat(finding.get("level").asText()).isEqualTo("warning");
              assertThat(finding.get("remedy").asText()).isNotEmpty();
            });
  }

  @Test
  void theNewestImpressionsAreReadAsTheLearnerWill() throws Exception {
    Path config = config("read");
    CommandRun.of("topics", "--config", config.toString(), "--create");
    try (var producer = kafka.clients().producer(Map.of())) {
      producer.send(new ProducerRecord<>("read-impressions", "no event".getBytes(UTF_8))).get();
      CommandRun none = CommandRun.of("doctor", "--config", config.toString());
      for (int i = 0; i < 3; i++) {
        String impression =
            "{\"impression_id\": \"%s\", \"timestamp\": %s, \"features\": {\"usr\": 1, \"item\": 2}}"
                .formatted(i, System.currentTimeMillis());
        producer.send(new ProducerRecord<>("read-impressions", impression.getBytes(UTF_8))).get();
      }
      CommandRun misspelt = CommandRun.of("doctor", "--config", config.toString());
      Files.writeString(
          config,
          Files.readString(config)
              .replace(
                  "{name: user, kind: categorical}",
                  "{name: usr, kind: categorical}, {name: kept, kind: sequence, of: usr, history:"
                      + " {field: usr}}"));
      CommandRun mended =
          CommandRun.of("doctor", "--config", config.toString(), "--set", "train.user-field=usr");

      assertThat(none.code()).isEqualTo(1);
      assertThat(none.out())
          .containsPattern(
              "problem  events: 1 of the newest 1 impressions are none; one: .*offset 0")
          .contains("puts such records into topic read-dead-letters");
      assertThat(misspelt.code()).isZero();
      assertThat(misspelt.out())
          .contains("warning  events: 1 of the newest 4 impressions are none")
          .contains("warning  features: none of the newest 3 impressions has user")
          .contains("the events also have: item, usr");
      assertThat(mended.out())
          .contains("ok       features: each is in some of the newest 3 impressions")
          .contains("; not configured: item")
          .contains("ok       field usr: in 100 % of the newest 3 impressions, 1 values");
    }
  }

  @Test
  void everyFormatIsRead() throws Exception {
    String json = "{\"impression_id\": \"i\", \"timestamp\": %s, \"features\": {\"usr\": 1}}";
    byte[] impression = json.formatted(System.currentTimeMillis()).getBytes(UTF_8);
    Path schemas = folder.resolve("schemas");
    byte[] avro =
        AvroEvents.into(schemas.toString())
            .apply(new EventRecord(Topic.IMPRESSIONS, Optional.empty(), 0, impression))
            .value();
    byte[] prefixed =
        ByteBuffer.allocate(5 + impression.length).putInt(1, 7).put(5, impression).array();
    String[] asAvro = {"--set", "events.format=avro", "--set", "events.schemas=" + schemas.toUri()};

    for (String name : List.of("json", "avro")) {
      Path config = config(name);
      CommandRun.of("topics", "--config", config.toString(), "--create");
      try (var producer = kafka.clients().producer(Map.of())) {
        byte[] value = name.equals("avro") ? avro : prefixed;
        producer.send(new ProducerRecord<>(name + "-impressions", value)).get();
      }
      List<String> words = new ArrayList<>(List.of("doctor", "--config", config.toString()));
      words.addAll(name.equals("avro") ? List.of(asAvro) : List.of());
      CommandRun run = CommandRun.of(words.toArray(String[]::new));

      assertThat(run.out())
          .as(name)
          .contains("warning  features: none of the newest 1 impressions has user")
          .contains("the events also have: usr");
    }
    CommandRun away =
        CommandRun.of(
            "doctor",
            "--config",
            config("avro").toString(),
            "--set",
            "events.format=avro",
            "--set",
            "events.registry=http://127.0.0.1:1");
    assertThat(away.out())
        .contains("warning  events: the newest impressions cannot be read: schema 1 of a record")
        .contains("problem  events.registry: ");
  }

  @Test
  void fieldsAreEncodedAndCountedUnderTheMapping() throws Exception {
    Path config = config("mapped");
    CommandRun.of("topics", "--config", config.toString(), "--create");
    long now = System.currentTimeMillis();
    try (var producer = kafka.clients().producer(Map.of())) {
      for (int i = 0; i < 100; i++) {
        String json =
            "{\"at\": %s, \"who\": {\"id\": %s}, \"price\": %s, \"sdk\": \"1.2\", \"clicked\": %s, \"tags\": [1, %s]%s}"
                .formatted(
                    now + (i == 99 ? 300_000 : 0),
                    i % 10,
                    i == 98 ? "\"cheap\"" : "\"" + i + ".5\"",
                    i % 4 == 0,
                    i,
                    i == 97 ? ", \"more\": {}" : "");
        producer.send(new ProducerRecord<>("mapped-impressions", json.getBytes(UTF_8)));
      }
      ProducerRecord<byte[], byte[]> next =
          new ProducerRecord<>("mapped-impressions", "{}".getBytes(UTF_8));
      next.headers().add("event-version", "2".getBytes(UTF_8));
      producer.send(next);
    }
    String mapping = "events.impressions={id: none, timestamp: at, label: {field: clicked}}";
    String features =
        "features=[{name: user, kind: categorical, from: who.id}, {name: price, kind: numeric},"
            + " {name: sdk, kind: categorical}, {name: tags, kind: multi}]";

    CommandRun run =
        CommandRun.of("doctor", "--config", config.toString(), "--set", mapping, "--set", features);

    assertThat(run.out())
        .contains("warning  events: 2 of the newest 101 impressions are none")
        .contains("; not configured: more")
        .contains("ok       field user: in 100 % of the newest 99 impressions, 10 values, from")
        .contains("ok       field price: in 100 % of the newest 99 impressions, 99 values")
        .contains("ok       field tags: in 100 % of the newest 99 impressions, 99 values, 2.0 at a")
        .contains("warning  field sdk: in 100 % of the newest 99 impressions, 1 values")
        .contains("ok       label: 25.3 % of the newest 99 impressions are positives")
        .contains("warning  times: 1 of the newest 99 impressions are ahead of this machine's");
    assertThat(run.out()).doesNotContain("mapped-clicks", "mapped-late-clicks");
  }

  private Path config(String prefix) throws IOException {
    return Files.writeString(
        folder.resolve("learner.yaml"),
        """
        kafka:
          bootstrap-servers: %1$s
          topics:
            impressions: %2$s-impressions
            clicks: %2$s-clicks
            dead-letters: %2$s-dead-letters
            late-clicks: %2$s-late-clicks
            metrics: %2$s-metrics
            snapshots: %2$s-snapshots
        features: [{name: user, kind: categorical}]
        snapshot: {root: "file://%3$s/a/b/snapshots"}
        checkpoint: {dir: "file://%3$s/a/checkpoints"}
        """
            .formatted(kafka.bootstrapServers(), prefix, folder));
  }
}
