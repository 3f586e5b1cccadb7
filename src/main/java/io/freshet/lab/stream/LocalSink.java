package io.freshet.lab.stream;

import java.io.Serializable;
import java.util.function.Consumer;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** A sink of a job in this process: passes each value to code that shares static state with it. */
public record LocalSink<T>(Target<T> target) implements Sink<T> {
  private static final long serialVersionUID = 1L;

  /** Receives the values of all subtasks, each from its own thread. */
  public interface Target<T> extends Consumer<T>, Serializable {}

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return new SinkWriter<>() {
      @Override
      public void write(T value, Context writing) {
        target.accept(value);
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}
