package io.freshet.join.operator;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.UserAction;
import io.freshet.join.attribution.DeferredExample;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Where a join's examples go: on, or where there are histories, to {@link HistoryFill} with the
 * actions.
 */
final class ExampleOutput {
  private final Histories histories;
  private final Output<StreamRecord<LabeledExample>> output;

  ExampleOutput(Histories histories, Output<StreamRecord<LabeledExample>> output) {
    this.histories = requireNonNull(histories, "histories");
    this.output = requireNonNull(output, "output");
  }

  /**
   * Emits an example.
   *
   * @param shown when its impression was
   * @param time of the example, after the last watermark
   */
  void emit(long shown, LabeledExample example, long time) {
    LabeledExample inTime = example.at(time);
    if (histories.isEmpty()) {
      output.collect(new StreamRecord<>(inTime, time));
    } else {
      output.collect(
          LabelStreams.UNFILLED, new StreamRecord<>(new DeferredExample(shown, inTime), time));
    }
  }

  /** Emits what an action adds to histories. */
  void acted(String id, Example example, String action, long time) {
    if (!histories.isEmpty()) {
      for (UserAction added : histories.actions(id, example, action, time)) {
        output.collect(LabelStreams.ACTIONS, new StreamRecord<>(added, time));
      }
    }
  }
}
