package io.freshet.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.LogLines;
import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.event.Rejection;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.example.NumberedExample;
import io.freshet.job.example.RecordFiles;
import io.freshet.kafka.TopicAdmin;
import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.lab.broker.TopicContents;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics of a real broker that do not take what the job writes. */
@Timeout(120)
final class RefusingTopicITCase {
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
  void deadLetterThatIsTooLargeForItsTopicIsCut() throws Exception {
    small("small-dead");
    var sink = TopicSinks.deadLetters(kafka.bootstrapServers(), "small-dead", Map.of());

    write(List.of(letter(1, 100_000), letter(2, 9), letter(3, 100_000)), DeadLetter.class, sink);

    List<ConsumerRecord<byte[], byte[]>> letters =
        TopicContents.bytes(kafka.clients(), "small-dead");
    assertThat(letters).hasSize(3);
    assertThat(letters.get(0).value()).hasSizeBetween(9_000, 9_999);
    assertThat(letters.get(0).headers().lastHeader("bytes").value())
        .asString(UTF_8)
        .isEqualTo("100000");
    assertThat(letters.get(1).value()).hasSize(9);
  }

  @Test
  void reportThatIsNoUseCutIsLeftOut() throws Exception {
    small("small-late");
    Click small = new Click("i", 1_700_000_000_000L);
    Click large = new Click("i".repeat(20_000), 1_700_000_000_000L);
    var sink = TopicSinks.lateClicks(kafka.bootstrapServers(), "small-late", Map.of());

    write(List.of(large, small), Click.class, sink);

    assertThat(TopicContents.bytes(kafka.clients(), "small-late")).hasSize(1);
  }

  @Test
  void topicThatDoesNotExistStopsNothing() throws Exception {
    var sink = TopicSinks.deadLetters(kafka.bootstrapServers(), "nowhere", Map.of());
    try (LogLines log = LogLines.of(TopicGuard.class)) {
      write(List.of(letter(1, 9), letter(2, 9)), DeadLetter.class, sink);

      assertThat(log.lines())
          .containsExactly(
              "WARN topic nowhere does not exist: what belongs there is counted and left out");
    }
  }

  @Test
  void exampleOfAWindowThatIsNotOverYetIsWritten() throws Exception {
    kafka.topics().create("examples", 1);
    LearnerConfig config =
        LearnerConfig.parse(
            """
            features: [{name: user, kind: categorical}]
            examples: {to: topic, topic: examples}
            """,
            "learner.yaml",
            List.of("kafka.bootstrap-servers=" + kafka.bootstrapServers()));
    long inTwoHours = System.currentTimeMillis() + 7_200_000;
    Example features = new Example(5, new long[] {7}, new float[] {1});
    var example = new NumberedExample(0, new LabeledExample("i", inTwoHours, 0, 1, features));

    write(List.of(example), NumberedExample.class, ExampleSinks.of(config).orElseThrow());

    assertThat(TopicContents.bytes(kafka.clients(), "examples"))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(RecordFiles.example(record.value()).time()).isEqualTo(inTwoHours);
              assertThat(record.timestamp()).isLessThan(inTwoHours);
            });
  }

  private static void small(String topic) throws Exception {
    try (TopicAdmin admin = kafka.clients().topicAdmin()) {
      NewTopic small = new NewTopic(topic, 1, (short) 1);
      admin.create(List.of(small.configs(Map.of("max.message.bytes", "10000"))));
    }
  }

  private static DeadLetter letter(long offset, int bytes) {
    Rejection rejection = new Rejection(Rejection.Kind.NOT_JSON, "not JSON");
    byte[] value = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      value[i] = (byte) (i * 31 ^ i >> 3); // not to be compressed to nothing
    }
    return new DeadLetter("clicks", 0, offset, 1, rejection, value);
  }

  private static <T> void write(List<T> records, Class<T> type, Sink<T> sink) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
    TypeInformation<T> wire = WireType.of(type);
    env.fromData(records, wire).sinkTo(sink);
    env.execute();
  }
}
