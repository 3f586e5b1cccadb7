package io.freshet.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.config.ExampleSettings;
import io.freshet.config.LearnerConfig;
import io.freshet.job.example.ExampleJson;
import io.freshet.job.example.NumberedExample;
import io.freshet.job.example.PredictedExample;
import io.freshet.job.example.PredictionJson;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Where labeled examples are written: to files, a compressed one for each checkpoint and subtask,
 * which appears when the checkpoint is complete; or to a topic, at least once, keyed by impression.
 */
public final class ExampleSinks {
  static final String SUFFIX = ".jsonl.gz";

  private ExampleSinks() {}

  public static Optional<Sink<NumberedExample>> of(LearnerConfig config) {
    return switch (config.examples().to()) {
      case FILES -> Optional.of(files(config.examples().dir(), "examples", ExampleJson::of));
      case TOPIC -> Optional.of(topic(config));
      case NOWHERE -> Optional.empty();
    };
  }

  /** Where predictions are written, alike; to a topic by model, impression and label. */
  public static Optional<Sink<PredictedExample>> predictions(LearnerConfig config) {
    ExampleSettings to = config.predictions();
    return switch (to.to()) {
      case FILES -> Optional.of(files(to.dir(), "predictions", PredictionJson::of));
      case TOPIC -> Optional.of(predictionTopic(config));
      case NOWHERE -> Optional.empty();
    };
  }

  private static Sink<PredictedExample> predictionTopic(LearnerConfig config) {
    String topic = config.predictions().topic();
    KafkaRecordSerializationSchema<PredictedExample> serializer =
        (of, context, timestamp) ->
            new ProducerRecord<>(
                topic, null, past(of.time()), PredictionJson.key(of), PredictionJson.of(of));
    return TopicSinks.sink(
        config.kafka().bootstrapServers(), serializer, config.kafka().properties());
  }

  /** A line of a file. */
  private interface Line<T> extends Serializable {
    byte[] of(T record);
  }

  private static <T> Sink<T> files(String dir, String name, Line<T> line) {
    BulkWriter.Factory<T> lines = file -> new Lines<>(file, line);
    return FileSink.forBulkFormat(new Path(dir), lines)
        .withBucketAssigner(new BasePathBucketAssigner<>())
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(new OutputFileConfig(name, SUFFIX))
        .build();
  }

  private static Sink<NumberedExample> topic(LearnerConfig config) {
    String topic = config.examples().topic();
    KafkaRecordSerializationSchema<NumberedExample> serializer =
        (numbered, context, timestamp) ->
            new ProducerRecord<>(
                topic,
                null,
                past(numbered.example().time()),
                numbered.example().impressionId().getBytes(UTF_8),
                ExampleJson.of(numbered));
    return TopicSinks.sink(
        config.kafka().bootstrapServers(), serializer, config.kafka().properties());
  }

  /**
   * A record's timestamp: a bounded run ends windows that are not over yet, and a broker refuses
   * what is ahead of its clock.
   */
  private static long past(long time) {
    return Math.min(time, System.currentTimeMillis());
  }

  /** Lines of JSON, compressed. */
  private static final class Lines<T> implements BulkWriter<T> {
    private final GZIPOutputStream out;
    private final Line<T> line;

    Lines(FSDataOutputStream file, Line<T> line) throws IOException {
      this.line = line;
      out = new GZIPOutputStream(new Unclosed(file), 1 << 16);
    }

    @Override
    public void addElement(T record) throws IOException {
      out.write(line.of(record));
      out.write('\n');
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void finish() throws IOException {
      out.close();
    }
  }

  /** The sink closes the file itself, when it has noted how long it is. */
  private static final class Unclosed extends OutputStream {
    private final FSDataOutputStream file;

    Unclosed(FSDataOutputStream file) {
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      file.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int n) throws IOException {
      file.write(bytes, from, n);
    }

    @Override
    public void flush() throws IOException {
      file.flush();
    }

    @Override
    public void close() throws IOException {
      file.flush();
    }
  }
}
