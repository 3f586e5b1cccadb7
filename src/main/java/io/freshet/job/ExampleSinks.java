package io.freshet.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.config.ExampleSettings.Target;
import io.freshet.config.LearnerConfig;
import java.io.IOException;
import java.io.OutputStream;
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
 * Where labelled examples are written: to files, a compressed one for each checkpoint and subtask,
 * which appears when the checkpoint is complete; or to a topic, at least once, keyed by impression.
 */
final class ExampleSinks {
  static final String SUFFIX = ".jsonl.gz";

  private ExampleSinks() {}

  static Optional<Sink<NumberedExample>> of(LearnerConfig config) {
    if (config.examples().to() == Target.FILES) {
      return Optional.of(files(config.examples().dir()));
    }
    return config.examples().to() == Target.TOPIC ? Optional.of(topic(config)) : Optional.empty();
  }

  private static Sink<NumberedExample> files(String dir) {
    BulkWriter.Factory<NumberedExample> lines = Lines::new;
    return FileSink.forBulkFormat(new Path(dir), lines)
        .withBucketAssigner(new BasePathBucketAssigner<>())
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(new OutputFileConfig("examples", SUFFIX))
        .build();
  }

  private static Sink<NumberedExample> topic(LearnerConfig config) {
    String topic = config.examples().topic();
    KafkaRecordSerializationSchema<NumberedExample> serializer =
        (numbered, context, timestamp) ->
            new ProducerRecord<>(
                topic,
                null,
                numbered.example().time(),
                numbered.example().impressionId().getBytes(UTF_8),
                ExampleJson.of(numbered));
    return TopicSinks.sink(
        config.kafka().bootstrapServers(), serializer, config.kafka().properties());
  }

  /** Lines of JSON, compressed. */
  private static final class Lines implements BulkWriter<NumberedExample> {
    private final GZIPOutputStream out;

    Lines(FSDataOutputStream file) throws IOException {
      out = new GZIPOutputStream(new Unclosed(file), 1 << 16);
    }

    @Override
    public void addElement(NumberedExample numbered) throws IOException {
      out.write(ExampleJson.of(numbered));
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
