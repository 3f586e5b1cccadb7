package io.freshet.job;

import io.freshet.config.KafkaSettings;
import io.freshet.feature.LabelledExample;
import io.freshet.join.LabelledExampleCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Reads back the labelled examples that a job wrote, in their order: from files, or from a topic of
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
  static DataStream<LabelledExample> read(
      StreamExecutionEnvironment env, String from, KafkaSettings kafka, Duration disorder)
      throws IOException {
    DataStream<LabelledExample> examples =
        from.startsWith(TOPIC)
            ? topic(env, from.substring(TOPIC.length()), kafka)
            : files(env, from);
    return examples.assignTimestampsAndWatermarks(
        WatermarkStrategy.<LabelledExample>forBoundedOutOfOrderness(disorder)
            .withTimestampAssigner((example, none) -> example.time()));
  }

  /** The numbers are the source, whose position a checkpoint holds; files are read along. */
  private static DataStream<LabelledExample> files(StreamExecutionEnvironment env, String uri)
      throws IOException {
    ExampleFiles.at(uri).close(); // fails now if it must
    return env.fromSequence(0, ExampleFiles.count(uri) - 1)
        .setParallelism(1)
        .uid(Uids.EXAMPLE_SOURCE)
        .map(new Reader(uri))
        .returns(LabelledExampleCodec.TYPE)
        .setParallelism(1)
        .name("read examples");
  }

  private static DataStream<LabelledExample> topic(
      StreamExecutionEnvironment env, String topic, KafkaSettings kafka) {
    Properties properties = new Properties();
    properties.putAll(kafka.properties());
    KafkaSource<LabelledExample> source =
        KafkaSource.<LabelledExample>builder()
            .setProperties(properties)
            .setBootstrapServers(kafka.bootstrapServers())
            .setTopics(topic)
            .setGroupId(kafka.groupId())
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setBounded(OffsetsInitializer.latest())
            .setDeserializer(KafkaRecordDeserializationSchema.valueOnly(new Value()))
            .build();
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), topic)
        .setParallelism(1)
        .uid(Uids.EXAMPLE_SOURCE);
  }

  private static final class Reader extends RichMapFunction<Long, LabelledExample> {
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
    public LabelledExample map(Long number) {
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

  private static final class Value implements DeserializationSchema<LabelledExample> {
    private static final long serialVersionUID = 1L;

    @Override
    public LabelledExample deserialize(byte[] message) throws IOException {
      return ExampleJson.parse(message).example();
    }

    @Override
    public boolean isEndOfStream(LabelledExample next) {
      return false;
    }

    @Override
    public TypeInformation<LabelledExample> getProducedType() {
      return LabelledExampleCodec.TYPE;
    }
  }
}
