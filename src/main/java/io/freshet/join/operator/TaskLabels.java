package io.freshet.join.operator;

import io.freshet.event.Click;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.PublishedHistory;
import io.freshet.join.FinalLabel;
import io.freshet.join.SentHistories;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.api.common.typeinfo.TypeInformation;
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

  /** No records, but the watermarks of a task's examples, which wait for no other task's. */
  public <T> DataStream<T> time(int task, TypeInformation<T> type) {
    return all.get(task).time(type);
  }

  /** Those of the first task. */
  public DataStream<FinalLabel> finalLabels() {
    return all.get(0).finalLabels();
  }

  /** Those that the first task keeps. */
  public DataStream<PublishedHistory> histories() {
    return all.get(0).histories();
  }

  /** The same, where all were sent. */
  public DataStream<SentHistories> sentHistories() {
    return all.get(0).sentHistories();
  }

  private <T> DataStream<T> together(Function<LabelStreams, DataStream<T>> part) {
    return all.stream().map(part).reduce(DataStream::union).orElseThrow();
  }
}
