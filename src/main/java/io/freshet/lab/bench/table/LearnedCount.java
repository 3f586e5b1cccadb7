package io.freshet.lab.bench.table;

import io.freshet.model.batch.Predictions;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Counts the examples predicted in this process. */
record LearnedCount() implements Sink<Predictions> {
  private static final long serialVersionUID = 1L;
  private static final LongAdder LEARNED = new LongAdder();

  static long sum() {
    return LEARNED.sum();
  }

  @Override
  public SinkWriter<Predictions> createWriter(WriterInitContext context) {
    return new SinkWriter<>() {
      @Override
      public void write(Predictions predictions, Context writing) {
        LEARNED.add(predictions.size());
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
