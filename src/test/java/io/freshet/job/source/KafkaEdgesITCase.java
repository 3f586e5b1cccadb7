package io.freshet.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.tuple;

import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.job.sink.TopicSinks;
import io.freshet.job.topic.EventTopic;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.LabelStreams;
import io.freshet.kafka.TopicAdmin;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Events from a real broker through the join, and what goes back to it. */
final class KafkaEdgesITCase {
  private static final long T = 1_600_000_000_000L;
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(List.of(new CategoricalField("user", 1)), "user");

  /** A window that ends just before the next impression, and no disorder. */
  private static final JoinSettings SORTED =
      JoinSettings.ofClicks(
          Duration.ofMillis(999), Duration.ZERO, Duration.ofMinutes(1), Duration.ofMillis(1));

  private static final JoinSettings UNSORTED =
      JoinSettings.ofClicks(
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofMinutes(1),
          Duration.ofSeconds(1));

  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() throws IOException {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void replayGivesLabelsInTheOrderOfTheImpressions() throws Exception {
    int n = 20_000;
    topics("sorted", 1);
    try (Sender sender = new Sender()) {
      for (int i = 0; i < n; i++) {
        sender.impression("sorted-impressions", i, T + 1000L * i);
        if (i % 3 == 0) {
          sender.click("sorted-clicks", i, T + 1000L * i + 10);
        }
      }
    }

    List<LabeledExample> examples = run("sorted", 1, SORTED, Duration.ofDays(10_000));

    assertThat(examples)
        .extracting(LabeledExample::impressionId)
        .containsExactlyElementsOf(IntStream.range(0, n).mapToObj(i -> "i" + i).toList());
    assertThat(examples)
        .extracting(LabeledExample::label)
        .containsExactlyElementsOf(
            IntStream.range(0, n).mapToObj(i -> i % 3 == 0 ? 1f : 0f).toList());
  }

  @Test
  void badRecordsAndLateClicksComeBackAndNothingElseIsLost() throws Exception {
    topics("mixed", 3);
    try (Sender sender = new Sender()) {
      for (int i = 0; i < 300; i++) {
        sender.impression("mixed-impressions", i, T + 1000L * i);
        sender.click("mixed-clicks", i, T + 1000L * i + (i % 2 == 0 ? 10 : 5_000));
      }
      sender.send("mixed-impressions", 2, "no JSON");
      sender.send("mixed-clicks", 1, "{\"impression_id\": \"i1\", \"timestamp\": 99999999999999}");
    }

    List<LabeledExample> examples = run("mixed", 2, UNSORTED, Duration.ofMinutes(1));

    assertThat(examples).hasSize(300).filteredOn(e -> e.label() == 1).hasSize(150);
    assertThat(TopicContents.bytes(kafka.clients(), "mixed-dead"))
        .extracting(r -> new String(r.value(), UTF_8), KafkaEdgesITCase::kind)
        .containsExactlyInAnyOrder(
            tuple("no JSON", "not-json"),
            tuple("{\"impression_id\": \"i1\", \"timestamp\": 99999999999999}", "bad-timestamp"));
    assertThat(TopicContents.bytes(kafka.clients(), "mixed-late"))
        .hasSize(150)
        .anySatisfy(
            r -> {
              assertThat(r.key()).asString(UTF_8).isEqualTo("i1");
              assertThat(r.value())
                  .asString(UTF_8)
                  .isEqualTo("{\"impression_id\":\"i1\",\"timestamp\":%s}".formatted(T + 6_000));
            });
  }

  @Test
  void whatAnAbortedTransactionWroteIsNotLearned() throws Exception {
    topics("aborted", 1);
    Map<String, Object> transactions = Map.of("transactional.id", "sender");
    try (var producer = kafka.clients().producer(transactions)) {
      producer.initTransactions();
      for (int i = 0; i < 200; i++) {
        if (i % 100 == 0) {
          producer.beginTransaction();
        }
        byte[] value = impression(i, T + 10L * i).getBytes(UTF_8);
        producer.send(new ProducerRecord<>("aborted-impressions", value));
        if (i == 99) {
          producer.flush();
          producer.abortTransaction();
        }
      }
      producer.commitTransaction();
    }

    List<LabeledExample> examples = run("aborted", 1, UNSORTED, Duration.ofMinutes(1));

    assertThat(examples)
        .extracting(LabeledExample::impressionId)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(100, 200).mapToObj(i -> "i" + i).toList());
    assertThat(TopicContents.bytes(kafka.clients(), "aborted-impressions")).hasSize(100);
  }

  @Test
  void producersWithFastClocksStopNoLearning() throws Exception {
    topics("fast", 2);
    int n = 10_000;
    try (Sender sender = new Sender()) {
      for (int i = 0; i < n; i++) {
        long time = T + 100L * i + (i % 5 < 2 ? Duration.ofMinutes(40).toMillis() : 0);
        sender.send("fast-impressions", i / 50 % 2, impression(i, time));
        if (i % 4 == 0) {
          sender.send("fast-clicks", i / 50 % 2, click(i, time + 10_000));
        }
      }
    }

    List<LabeledExample> examples = run("fast", 2, JoinSettings.DEFAULT, Duration.ofDays(10_000));

    assertThat(examples).hasSize(n).filteredOn(e -> e.label() == 1).hasSize(n / 4);
    assertThat(TopicContents.bytes(kafka.clients(), "fast-late")).isEmpty();
  }

  @Test
  void topicThatIsMissingIsNamed() throws Exception {
    topics("counted", 3);

    try (TopicAdmin admin = kafka.clients().topicAdmin()) {
      assertThat(admin.partitions("counted-clicks")).isEqualTo(3);
      assertThatIOException()
          .isThrownBy(() -> admin.partitions("nowhere"))
          .withMessageContaining("no topic nowhere at " + kafka.bootstrapServers());
    }
  }

  private static List<LabeledExample> run(
      String name, int parallelism, JoinSettings join, Duration drift) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    EventTopic impressionTopic = topic(name + "-impressions");
    EventTopic clickTopic = topic(name + "-clicks");
    SingleOutputStreamOperator<EncodedImpression> impressions =
        SourceRouter.behind(
            env.fromSource(
                EventSources.impressions(impressionTopic, EventSettings.DEFAULT, SCHEMA, join),
                EventSources.aligned(
                    EventSources.impressionWatermarks(join, SourceRouter.NEVER), drift),
                "impressions"),
            "impressions",
            impressionTopic.name(),
            WireType.of(EncodedImpression.class),
            join.outOfOrderness(),
            SourceRouter.NEVER);
    WatermarkStrategy<SourceRecord<Click>> clickWatermarks =
        EventSources.aligned(
            EventSources.clickWatermarks(join, clickTopic.name(), SourceRouter.NEVER), drift);
    SingleOutputStreamOperator<Click> clicks =
        SourceRouter.behind(
            env.fromSource(
                EventSources.clicks(clickTopic, EventSettings.DEFAULT, join),
                clickWatermarks,
                "clicks"),
            "clicks",
            clickTopic.name(),
            WireType.of(Click.class),
            join.outOfOrderness(),
            SourceRouter.NEVER);
    LabelStreams labels = LabelStreams.join(impressions, clicks, join, Histories.NONE);
    impressions
        .getSideOutput(SourceRouter.DEAD_LETTERS)
        .union(clicks.getSideOutput(SourceRouter.DEAD_LETTERS))
        .sinkTo(TopicSinks.deadLetters(kafka.bootstrapServers(), name + "-dead", Map.of()));
    labels
        .lateClicks()
        .sinkTo(TopicSinks.lateClicks(kafka.bootstrapServers(), name + "-late", Map.of()));
    return labels.examples().executeAndCollect(100_000);
  }

  private static void topics(String name, int partitions) throws Exception {
    kafka
        .topics()
        .ensure(
            List.of(name + "-impressions", name + "-clicks", name + "-dead", name + "-late"),
            partitions);
  }

  private static String impression(int i, long timestamp) {
    return "{\"impression_id\": \"i%s\", \"timestamp\": %s, \"features\": {\"user\": \"u%s\"}}"
        .formatted(i, timestamp, i % 7);
  }

  private static String click(int i, long timestamp) {
    return "{\"impression_id\": \"i%s\", \"timestamp\": %s}".formatted(i, timestamp);
  }

  private static EventTopic topic(String name) {
    return new EventTopic(kafka.bootstrapServers(), name, "test", Map.of(), true);
  }

  private static String kind(ConsumerRecord<byte[], byte[]> letter) {
    return new String(letter.headers().lastHeader("kind").value(), UTF_8);
  }

  private static final class Sender implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    Sender() throws IOException {
      Map<String, Object> inOrder = Map.of("max.in.flight.requests.per.connection", 1);
      producer = kafka.clients().producer(inOrder); // see KafkaEvents
    }

    void impression(String topic, int i, long timestamp) {
      send(topic, null, KafkaEdgesITCase.impression(i, timestamp));
    }

    void click(String topic, int i, long timestamp) {
      send(topic, null, KafkaEdgesITCase.click(i, timestamp));
    }

    void send(String topic, Integer partition, String value) {
      sent.add(producer.send(new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8))));
    }

    @Override
    public void close() {
      producer.close();
      sent.forEach(Sender::arrived);
    }

    private static void arrived(Future<RecordMetadata> record) {
      assertThatCode(record::get).doesNotThrowAnyException();
    }
  }
}
