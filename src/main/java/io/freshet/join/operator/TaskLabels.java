package io.freshet.join.operator;

import io.freshet.event.Click;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * The labels of all tasks: each has a join of its own over the same impressions, and their streams
 * go together to what learns and writes them.
 *
 * @param all by task
 */
public record TaskLabels(List<LabelStreams> all) {
  public TaskLabels {
    all = List.copyOf(all);
  }

  public DataStream<LabeledExample> examples() {
    return together(LabelStreams::examples);
  }

  public DataStream<Click> lateClicks() {
    return together(LabelStreams::lateClicks);
  }

  public DataStream<LabeledExample> lostExamples() {
    return together(LabelStreams::lostExamples);
  }

  public DataStream<String> holds() {
    return together(LabelStreams::holds);
  }

  /** Those of the first task. */
  public DataStream<FinalLabel> finalLabels() {
    return all.get(0).finalLabels();
  }

  private <T> DataStream<T> together(Function<LabelStreams, DataStream<T>> part) {
    return all.stream().map(part).reduce(DataStream::union).orElseThrow();
  }
}
