package io.freshet.job.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import io.freshet.config.LearnerConfig;
import io.freshet.event.protobuf.ProtoFiles;
import io.freshet.event.registry.FakeRegistry;
import io.freshet.kafka.TopicAdmin;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.lab.docs.CommandRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job on one simulated stream, sent as JSON, as Avro, as Protobuf and in a shape of
 * somebody else's, with bad records in all: the same examples, late clicks and dead letters come of
 * it, also where the registry is away at first.
 */
@Timeout(180)
final class AvroJobITCase {
  private static final String IMPRESSIONS = "2000";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FEATURES =
      """
      features:
        - {name: user, kind: categorical}
        - {name: genres, kind: multi}
        - {name: price, kind: numeric, transform: log}
      """;
  private static final String FLAT_FEATURES =
      """
      features:
        - {name: user, kind: categorical, from: client}
        - {name: genres, kind: multi, from: "tags[].name"}
        - {name: price, kind: numeric, transform: log}
      """;

  private static final String PROTO =
      """
      syntax = "proto3"; package ads;
      import "google/protobuf/timestamp.proto";
      message Shown {
        string request = 1;
        google.protobuf.Timestamp at = 2;
        optional string client = 3;
        repeated Tag tags = 4;
        message Tag { string name = 1; }
        optional double price = 5;
      }
      message Acted { fixed64 us = 1; string request = 2; }
      """;

  @TempDir private Path folder;
  private EmbeddedKafka kafka;

  @BeforeEach
  void start() throws Exception {
    kafka = EmbeddedKafka.start();
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  @Test
  void anAvroTopicTrainsToWhatItsJsonTrainsToAlthoughTheRegistryIsAwayAtFirst() throws Exception {
    Path sent = folder.resolve("sent");
    simulate("json");
    simulate("avro", "--format", "avro", "--schemas", sent.toString());
    FakeRegistry registry = new FakeRegistry(0);
    registry.close();
    String events =
        "events: {format: avro, schemas: \"%s\", registry: \"%s\"}"
            .formatted(folder.resolve("kept").toUri(), registry.url());

    submit("json", "").getJobExecutionResult().get();
    JobClient job = submit("avro", events);
    Thread.sleep(1_000);
    assertThat(job.getJobExecutionResult()).as("it waits").isNotDone();
    Map<Integer, String> schemas =
        Map.of(
            1, Files.readString(sent.resolve("1.avsc")),
            2, Files.readString(sent.resolve("2.avsc")));
    try (FakeRegistry again = new FakeRegistry(registry.port(), schemas)) {
      job.getJobExecutionResult().get();
      assertThat(again.requests).isNotEmpty();
    }

    assertThat(examples("avro"))
        .hasSizeGreaterThan(1_900)
        .containsExactlyInAnyOrderElementsOf(examples("json"));
    assertThat(values("avro-late")).isNotEmpty().isEqualTo(values("json-late"));
    assertThat(places("avro")).hasSizeGreaterThan(50).isEqualTo(places("json"));
    assertThat(TopicContents.of(kafka, "avro-dead"))
        .extracting(letter -> new String(letter.headers().lastHeader("kind").value(), UTF_8))
        .contains("not-avro", "empty", "bad-timestamp");
    assertThat(folder.resolve("kept/1.avsc")).exists();
    assertThat(folder.resolve("kept/2.avsc")).exists();
  }

  @Test
  void aRegistryThatStaysAwayFailsTheJobWithItsName() throws Exception {
    simulate("avro", "--format", "avro", "--schemas", folder.resolve("sent").toString());
    FakeRegistry registry = new FakeRegistry(0);
    registry.close();

    JobClient job =
        submit(
            "avro",
            "events: {format: avro, registry: \"%s\", schema-patience: 500 ms}"
                .formatted(registry.url()));

    assertThatThrownBy(() -> job.getJobExecutionResult().get(1, TimeUnit.MINUTES))
        .isInstanceOf(ExecutionException.class)
        .hasStackTraceContaining("could not be looked up for PT0.5S (events.schema-patience)")
        .hasStackTraceContaining(registry.url())
        .hasStackTraceContaining("offset 0");
    assertThat(TopicContents.of(kafka, "avro-dead")).isEmpty();
  }

  @Test
  void aTopicOfAnotherShapeTrainsToWhatFreshetsOwnTrainsTo() throws Exception {
    simulate("json");
    copy("json-impressions", "flat-impressions", json -> bytes(flat(json)));
    copy("json-clicks", "flat-clicks", json -> bytes(nested(json)));
    String mapping =
        """
        events:
          impressions: {id: request, timestamp: shown_at, timestamp-unit: iso-8601}
          clicks: {id: "event.of", timestamp: event.us, timestamp-unit: us}
        """;

    submit("json", "").getJobExecutionResult().get();
    submit("flat", mapping, FLAT_FEATURES).getJobExecutionResult().get();

    assertThat(examples("flat"))
        .hasSizeGreaterThan(1_900)
        .containsExactlyInAnyOrderElementsOf(examples("json"));
    assertThat(values("flat-late")).isNotEmpty().isEqualTo(values("json-late"));
    assertThat(places("flat")).hasSizeGreaterThan(50).isEqualTo(places("json"));
  }

  @Test
  void aProtobufTopicTrainsToWhatItsJsonTrainsToByDescriptorAndByRegistry() throws Exception {
    simulate("json");
    FileDescriptor file = ProtoFiles.file(PROTO);
    Path set = Files.write(folder.resolve("ads.desc"), ProtoFiles.set(PROTO).toByteArray());
    byte[] none = {};
    byte[] first = {0, 0, 0, 0, 7, 0}; // as Confluent's serializer says it
    byte[] second = {0, 0, 0, 0, 7, 2, 2};
    copy("json-impressions", "bare-impressions", event -> shown(event, file, none));
    copy("json-clicks", "bare-clicks", event -> acted(event, file, none));
    copy("json-impressions", "named-impressions", event -> shown(event, file, first));
    copy("json-clicks", "named-clicks", event -> acted(event, file, second));
    String mapping =
        """
        events:
          format: protobuf
          %s
          impressions: {id: request, timestamp: at}
          clicks: {id: request, timestamp: us, timestamp-unit: us}
        """;

    submit("json", "").getJobExecutionResult().get();
    submit(
            "bare",
            mapping.formatted(
                "protobuf: {descriptor: \"%s\", impression: ads.Shown, click: Acted}"
                    .formatted(set.toUri())),
            FLAT_FEATURES)
        .getJobExecutionResult()
        .get();
    try (FakeRegistry registry = new FakeRegistry(0)) {
      registry.putProtobuf(7, file.toProto());
      submit(
              "named",
              mapping.formatted("registry: \"%s\"".formatted(registry.url())),
              FLAT_FEATURES)
          .getJobExecutionResult()
          .get();
    }

    for (String name : List.of("bare", "named")) {
      assertThat(examples(name))
          .hasSizeGreaterThan(1_900)
          .containsExactlyInAnyOrderElementsOf(examples("json"));
      assertThat(values(name + "-late")).isNotEmpty().isEqualTo(values("json-late"));
      assertThat(places(name)).hasSizeGreaterThan(50).isEqualTo(places("json"));
    }
    assertThat(TopicContents.of(kafka, "bare-dead"))
        .extracting(letter -> new String(letter.headers().lastHeader("kind").value(), UTF_8))
        .contains("not-protobuf", "bad-timestamp");
  }

  private static byte[] shown(JsonNode event, FileDescriptor file, byte[] prefix)
      throws IOException {
    JsonNode flat = flat(event);
    DynamicMessage.Builder message = DynamicMessage.newBuilder(file.findMessageTypeByName("Shown"));
    set(message, "request", flat.get("request").textValue());
    if (flat.get("client").isTextual()) {
      set(message, "client", flat.get("client").textValue());
    } else if (!flat.get("client").isMissingNode()) {
      throw new IllegalArgumentException("no client");
    }
    if (flat.get("price").isNumber()) {
      set(message, "price", flat.get("price").doubleValue());
    } else if (!flat.get("price").isMissingNode()) {
      throw new IllegalArgumentException("no price");
    }
    Descriptor tag = message.getDescriptorForType().findFieldByName("tags").getMessageType();
    for (JsonNode one : flat.get("tags")) {
      DynamicMessage.Builder inner = DynamicMessage.newBuilder(tag);
      set(inner, "name", one.get("name").textValue());
      message.addRepeatedField(
          message.getDescriptorForType().findFieldByName("tags"), inner.build());
    }
    FieldDescriptor at = message.getDescriptorForType().findFieldByName("at");
    DynamicMessage.Builder time = DynamicMessage.newBuilder(at.getMessageType());
    set(time, "seconds", Math.floorDiv(millis(event), 1000));
    set(time, "nanos", (int) Math.floorMod(millis(event), 1000L) * 1_000_000);
    message.setField(at, time.build());
    return concat(prefix, message.build().toByteArray());
  }

  private static byte[] acted(JsonNode event, FileDescriptor file, byte[] prefix) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(file.findMessageTypeByName("Acted"));
    set(message, "request", id(event).textValue());
    set(message, "us", Math.multiplyExact(millis(event), 1000) + 999);
    return concat(prefix, message.build().toByteArray());
  }

  private static void set(DynamicMessage.Builder message, String field, Object value) {
    message.setField(message.getDescriptorForType().findFieldByName(field), value);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  /** What a sender makes of an event. */
  private interface Shape {
    byte[] of(JsonNode event) throws IOException;
  }

  /** Events as their senders might have had them before they knew of Freshet; bad ones as bad. */
  private void copy(String from, String to, Shape shape) throws Exception {
    try (TopicAdmin admin = kafka.clients().topicAdmin()) {
      admin.create(List.of(new NewTopic(to, 2, (short) 1)));
    }
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (ConsumerRecord<byte[], byte[]> record : TopicContents.bytes(kafka.clients(), from)) {
        producer.send(
            new ProducerRecord<>(
                to,
                record.partition(),
                record.timestamp(),
                record.key(),
                shaped(record.value(), shape),
                record.headers()));
      }
    }
  }

  private static byte[] shaped(byte[] value, Shape shape) throws IOException {
    try {
      return value == null ? null : shape.of(JSON.readTree(value));
    } catch (JsonProcessingException
        | IllegalArgumentException
        | ArithmeticException
        | DateTimeException e) {
      return "{\"broken\": ".getBytes(UTF_8); // what is bad in one shape is bad in the other
    }
  }

  private static byte[] bytes(JsonNode json) throws IOException {
    return JSON.writeValueAsBytes(json);
  }

  private static JsonNode flat(JsonNode event) {
    ObjectNode flat = JSON.createObjectNode();
    flat.putObject("context").put("sdk", "1.2").putArray("path").add(1).add("x");
    JsonNode features = object(event.path("features"));
    flat.set("client", features.path("user"));
    flat.set("price", features.path("price"));
    ArrayNode tags = flat.putArray("tags");
    features.path("genres").forEach(genre -> tags.addObject().put("rank", 1).set("name", genre));
    flat.set("request", id(event));
    flat.put("shown_at", Instant.ofEpochMilli(millis(event)).toString());
    return flat;
  }

  private static JsonNode nested(JsonNode event) {
    ObjectNode nested = JSON.createObjectNode();
    ObjectNode inner = nested.putObject("event");
    inner.put("us", millis(event) * 1000 + 999);
    inner.set("of", id(event));
    return nested;
  }

  private static long millis(JsonNode event) {
    if (!event.path("timestamp").isIntegralNumber()) {
      throw new IllegalArgumentException("no time");
    }
    return event.get("timestamp").longValue();
  }

  private static JsonNode id(JsonNode event) {
    if (!event.path("impression_id").isTextual()) {
      throw new IllegalArgumentException("no id");
    }
    return event.get("impression_id");
  }

  private static JsonNode object(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("no object");
    }
    return node;
  }

  /** The stream of one seed. */
  private void simulate(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "simulate",
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--impressions-topic",
                name + "-impressions",
                "--clicks-topic",
                name + "-clicks",
                "--partitions",
                "2",
                "--impressions",
                IMPRESSIONS,
                "--start",
                "2026-01-31T12:00:00Z",
                "--malformed",
                "0.05",
                "--late-clicks",
                "0.1"));
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
  }

  /** A job that ends with its topics, and never starts again. */
  private JobClient submit(String name, String events) throws Exception {
    return submit(name, events, FEATURES);
  }

  private JobClient submit(String name, String events, String features) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.BIND_PORT, "0");
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    LearnerJob job = new LearnerJob(config(name, events, features), true);
    var env = job.localEnvironment(flink);
    job.build(env);
    return env.executeAsync();
  }

  private LearnerConfig config(String name, String events, String features) {
    return LearnerConfig.parse(
        """
        name: %1$s
        kafka:
          bootstrap-servers: "%2$s"
          topics: {impressions: %1$s-impressions, clicks: %1$s-clicks, dead-letters: %1$s-dead, late-clicks: %1$s-late, metrics: %1$s-metrics, snapshots: %1$s-snapshots}
        %6$s
        join: {breaker: {enabled: false}}
        model: {embedding-size: 4, hidden-layers: [8]}
        examples: {to: topic, topic: %1$s-examples}
        snapshot: {root: "%3$s"}
        checkpoint: {interval: 1 s, dir: "%4$s", backend: hashmap}
        parallelism: 1
        %5$s
        """
            .formatted(
                name,
                kafka.bootstrapServers(),
                folder.resolve(name + "-snapshots").toUri(),
                folder.resolve(name + "-checkpoints").toUri(),
                events,
                features),
        "learner.yaml",
        List.of());
  }

  /**
   * Without what depends on which topic was read first: the time of the decision, and its reason.
   */
  private List<String> examples(String name) throws Exception {
    return values(name + "-examples").stream()
        .map(json -> json.replaceAll("\"(number|time|reason|later_share)\":[^,]*,", ""))
        .sorted()
        .toList();
  }

  private List<String> values(String topic) throws Exception {
    return TopicContents.of(kafka, topic).stream().map(ConsumerRecord::value).sorted().toList();
  }

  /** Where the dead letters of both topics lay. */
  private List<String> places(String name) throws Exception {
    return TopicContents.of(kafka, name + "-dead").stream()
        .map(letter -> letter.key().substring(name.length()))
        .sorted()
        .toList();
  }
}
