package io.freshet.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.LogLines;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.TopicAdmin;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.lab.docs.CommandRun;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topics as other producers leave them, on a broker that has an address of IPv6 only. */
@Timeout(120)
final class KafkaAsItIsITCase {
  private static final List<String> CODECS = List.of("gzip", "snappy", "lz4", "zstd");
  private static final int EACH = 300;
  private static final int BIG = 3 << 20;

  @TempDir private static Path brokerFolder;
  private static EmbeddedKafka broker;
  private static KafkaClients kafka;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    int port;
    int controller;
    try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getByName("::1"));
        ServerSocket second = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = first.getLocalPort();
      controller = second.getLocalPort();
    }
    String address = "PLAINTEXT://[::1]:" + port;
    broker =
        EmbeddedKafka.start(
            brokerFolder,
            0,
            Map.of(
                "listeners", address + ",CONTROLLER://127.0.0.1:" + controller,
                "advertised.listeners", address,
                "controller.quorum.voters", "1@127.0.0.1:" + controller));
    kafka = new KafkaClients("[::1]:" + port);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  /**
   * Each codec has a partition, with a record of three megabytes and a tombstone in it, times are
   * the broker's, and two partitions are a transactional producer's: one ends with the marker of an
   * aborted transaction, one with a transaction that stays open for longer than the test may take.
   */
  @Test
  void aBoundedRunLearnsAllThatIsCommittedAndEnds() throws Exception {
    int aborted = CODECS.size();
    int open = aborted + 1;
    topic("served", open + 1, TimestampType.LOG_APPEND_TIME);
    for (int partition = 0; partition < CODECS.size(); partition++) {
      try (var producer = producer(Map.of("compression.type", CODECS.get(partition)))) {
        send(producer, partition, 0, EACH);
        producer.send(new ProducerRecord<>("served", partition, "i0".getBytes(UTF_8), null));
        producer.send(record(partition, EACH, blob(BIG)));
        send(producer, partition, EACH + 1, 2 * EACH);
      }
    }
    try (var first = producer(Map.of("transactional.id", "first"));
        var second =
            producer(Map.of("transactional.id", "second", "transaction.timeout.ms", 900_000))) {
      commit(first, aborted);
      commit(second, open);
      first.beginTransaction();
      send(first, aborted, 2 * EACH, 3 * EACH);
      first.flush();
      first.abortTransaction();
      second.beginTransaction();
      send(second, open, 2 * EACH, 3 * EACH);
      second.flush();

      CommandRun run;
      List<String> log;
      try (LogLines lines = LogLines.ofAll()) {
        run = CommandRun.of("train", "--bounded", "--config", config("served").toString());
        log = lines.lines();
      }

      assertThat(run.code()).as(run.err()).isZero();
      assertThat(log)
          .filteredOn(line -> line.contains("end of a transaction"))
          .containsExactly(
              "WARN partition served-%s is read up to offset %s: what follows waits for the end of a transaction"
                  .formatted(open, 2 * EACH + 1));
    }
    List<String> expected = new ArrayList<>();
    for (int partition = 0; partition <= open; partition++) {
      int p = partition;
      IntStream.range(0, 2 * EACH).mapToObj(i -> id(p, i)).forEach(expected::add);
    }
    assertThat(TopicContents.bytes(kafka, "served-examples"))
        .extracting(KafkaAsItIsITCase::impression)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(TopicContents.bytes(kafka, "served-dead")).isEmpty();
  }

  @Test
  void aRecordThatIsTooLargeIsCutAmongTheDeadLetters() throws Exception {
    topic("huge", 1, TimestampType.CREATE_TIME);
    topic("huge-dead", 1, TimestampType.CREATE_TIME);
    try (var producer = producer(Map.of())) {
      producer.send(new ProducerRecord<>("huge", blob(3 * BIG).getBytes(UTF_8))).get();
    }

    CommandRun run = CommandRun.of("train", "--bounded", "--config", config("huge").toString());

    assertThat(TopicContents.bytes(kafka, "huge-dead"))
        .as(run.err())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(header(letter, "kind")).isEqualTo("too-large");
              assertThat(header(letter, "bytes")).isEqualTo(String.valueOf(3 * BIG));
              assertThat(letter.value()).hasSize(1_000_000);
            });
  }

  @Test
  void everyCommandTakesAnAddressOfIpV6() throws Exception {
    Path config = config("sixth");
    topic("sixth", 2, TimestampType.CREATE_TIME);
    try (var producer = producer(Map.of())) {
      for (int i = 0; i < 50; i++) {
        producer.send(new ProducerRecord<>("sixth", json(0, i, "").getBytes(UTF_8)));
      }
    }
    Path drafted = folder.resolve("drafted.yaml");

    CommandRun topics = CommandRun.of("topics", "--config", config.toString(), "--create");
    CommandRun doctor = CommandRun.of("doctor", "--config", config.toString());
    CommandRun init =
        CommandRun.of(
            "config",
            "init",
            "--topic=sixth",
            "--bootstrap-servers=" + kafka.servers(),
            "--output=" + drafted);
    CommandRun simulate =
        CommandRun.of(
            "simulate",
            "--bootstrap-servers=" + kafka.servers(),
            "--partitions=1",
            "--impressions=100");

    assertThat(topics.out()).contains("sixth-dead: created");
    assertThat(doctor.code()).as(doctor.out()).isZero();
    assertThat(doctor.out()).contains("ok       kafka: 1 brokers at " + kafka.servers());
    assertThat(init.code()).as(init.err()).isZero();
    assertThat(drafted).content().contains("bootstrap-servers: \"" + kafka.servers() + "\"");
    assertThat(simulate.code()).as(simulate.err()).isZero();
  }

  private static void commit(KafkaProducer<byte[], byte[]> producer, int partition) {
    producer.initTransactions();
    producer.beginTransaction();
    send(producer, partition, 0, 2 * EACH);
    producer.commitTransaction();
  }

  private static void topic(String name, int partitions, TimestampType times) throws Exception {
    NewTopic topic = new NewTopic(name, partitions, (short) 1);
    topic.configs(
        Map.of("max.message.bytes", "20000000", "message.timestamp.type", times.toString()));
    try (TopicAdmin admin = kafka.topicAdmin()) {
      admin.create(List.of(topic));
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings)
      throws Exception {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("max.request.size", 20_000_000);
    return kafka.producer(all);
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, int partition, int from, int to) {
    for (int i = from; i < to; i++) {
      producer.send(record(partition, i, ""));
    }
  }

  private static ProducerRecord<byte[], byte[]> record(int partition, int i, String blob) {
    return new ProducerRecord<>(
        "served", partition, null, json(partition, i, blob).getBytes(UTF_8));
  }

  private static String json(int partition, int i, String blob) {
    return "{\"id\": \"%s\", \"user\": \"u%s\", \"clicked\": %s, \"blob\": \"%s\"}"
        .formatted(id(partition, i), i % 9, i % 3 == 0, blob);
  }

  private static String id(int partition, int i) {
    return partition + "-" + i;
  }

  /** Text that no codec makes much smaller. */
  private static String blob(int length) {
    byte[] bytes = new byte[length / 4 * 3];
    new Random(7).nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String impression(ConsumerRecord<byte[], byte[]> example) {
    return new String(example.value(), UTF_8)
        .replaceFirst(".*\"impression_id\":\"([^\"]+)\".*", "$1");
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private Path config(String name) throws Exception {
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        name: %1$s
        kafka:
          bootstrap-servers: "%2$s"
          topics: {impressions: %1$s, dead-letters: %1$s-dead, metrics: %1$s-metrics, snapshots: %1$s-snapshots}
        events:
          max-bytes: 4 MB
          impressions: {id: id, timestamp-unit: kafka, label: {field: clicked}}
        features: [{name: user, kind: categorical}]
        model: {embedding-size: 4, hidden-layers: [8]}
        examples: {to: topic, topic: %1$s-examples}
        snapshot: {root: "%3$s", gate: {base-rate: false}}
        checkpoint: {interval: 1 s, dir: "%4$s", backend: hashmap}
        parallelism: 2
        """
            .formatted(
                name,
                kafka.servers(),
                folder.resolve(name + "-snapshots").toUri(),
                folder.resolve(name + "-checkpoints").toUri()));
  }
}
