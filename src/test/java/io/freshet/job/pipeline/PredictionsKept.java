package io.freshet.job.pipeline;

import io.freshet.job.example.PredictedExample;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Keeps what a job in this process predicts, by impression; one job at a time. */
final class PredictionsKept implements Sink<PredictedExample> {
  static final Map<String, Float> PREDICTED = new ConcurrentHashMap<>();

  private static final long serialVersionUID = 1L;

  @Override
  public SinkWriter<PredictedExample> createWriter(WriterInitContext context) {
    return new SinkWriter<>() {
      @Override
      public void write(PredictedExample made, Context where) {
        PREDICTED.put(made.impressionId(), made.prediction());
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
