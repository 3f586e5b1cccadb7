package io.freshet.job.pipeline;

import io.freshet.config.KafkaSettings;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.example.ExampleFiles;
import io.freshet.job.example.ExampleJson;
import io.freshet.job.topic.EventTopic;
import io.freshet.job.topic.KafkaTopicSource;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Reads back the labeled examples that a job wrote, in their order: from files, or from a topic of
 * one partition up to its present end.
 */
final class ExampleSources {
  private static final String TOPIC = "topic:";

  private ExampleSources() {}

  /**
   * The examples.
   *
   * @param from a file, a directory, or {@code topic:NAME}
   * @param disorder by how much their times may be out of order
   * @throws IOException where there are none
   */
  static DataStream<LabeledExample> read(
      StreamExecutionEnvironment env, String from, KafkaSettings kafka, Duration disorder)
      throws IOException {
    DataStream<LabeledExample> examples =
        from.startsWith(TOPIC)
            ? topic(env, from.substring(TOPIC.length()), kafka)
            : files(env, from);
    return examples.assignTimestampsAndWatermarks(
        WatermarkStrategy.<LabeledExample>forBoundedOutOfOrderness(disorder)
            .withTimestampAssigner((example, none) -> example.time()));
  }

  /** The numbers are the source, whose position a checkpoint holds; files are read along. */
  private static DataStream<LabeledExample> files(StreamExecutionEnvironment env, String uri)
      throws IOException {
    ExampleFiles.at(uri).close(); // fails now if it must
    return env.fromSequence(0, ExampleFiles.count(uri) - 1)
        .setParallelism(1)
        .uid(Uids.EXAMPLE_SOURCE)
        .map(new Reader(uri))
        .returns(WireType.of(LabeledExample.class))
        .setParallelism(1)
        .name("read examples");
  }

  private static DataStream<LabeledExample> topic(
      StreamExecutionEnvironment env, String topic, KafkaSettings kafka) {
    EventTopic all =
        new EventTopic(kafka.bootstrapServers(), topic, kafka.groupId(), kafka.properties(), true);
    var source =
        KafkaTopicSource.of(all, Map.of(), KafkaRecordDeserializationSchema.valueOnly(new Value()));
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), topic)
        .setParallelism(1)
        .uid(Uids.EXAMPLE_SOURCE);
  }

  private static final class Reader extends RichMapFunction<Long, LabeledExample> {
    private static final long serialVersionUID = 1L;

    private final String uri;
    private transient ExampleFiles files;
    private transient long next;

    Reader(String uri) {
      this.uri = uri;
    }

    @Override
    public void open(OpenContext context) throws IOException {
      files = ExampleFiles.at(uri);
    }

    @Override
    public LabeledExample map(Long number) {
      while (next < number) { // after a restart
        files.next();
        next++;
      }
      next++;
      return files.next();
    }

    @Override
    public void close() throws IOException {
      if (files != null) {
        files.close();
      }
    }
  }

  private static final class Value implements DeserializationSchema<LabeledExample> {
    private static final long serialVersionUID = 1L;

    @Override
    public LabeledExample deserialize(byte[] message) throws IOException {
      return ExampleJson.parse(message).example();
    }

    @Override
    public boolean isEndOfStream(LabeledExample next) {
      return false;
    }

    @Override
    public TypeInformation<LabeledExample> getProducedType() {
      return WireType.of(LabeledExample.class);
    }
  }
}
