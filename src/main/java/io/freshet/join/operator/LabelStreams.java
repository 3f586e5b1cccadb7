package io.freshet.join.operator;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinSettings;
import io.freshet.wire.WireType;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * The label join as a node of a topology, or what is in its place where impressions say their
 * labels.
 *
 * @param examples the labeled examples, whose stream all others are side outputs of
 */
public record LabelStreams(SingleOutputStreamOperator<LabeledExample> examples) {
  static final OutputTag<Click> LATE_CLICKS =
      new OutputTag<>("late-clicks", WireType.of(Click.class));
  static final OutputTag<LabeledExample> LOST_EXAMPLES =
      new OutputTag<>("lost-examples", WireType.of(LabeledExample.class));
  static final OutputTag<FinalLabel> FINAL_LABELS =
      new OutputTag<>("final-labels", WireType.of(FinalLabel.class));
  static final OutputTag<String> HOLDS = new OutputTag<>("holds", Types.STRING);

  public LabelStreams {
    requireNonNull(examples, "examples");
  }

  /** Joins the streams. */
  public static LabelStreams join(
      DataStream<EncodedImpression> impressions, DataStream<Click> clicks, JoinSettings settings) {
    return new LabelStreams(
        impressions
            .keyBy(EncodedImpression::id, Types.STRING)
            .connect(clicks.keyBy(Click::impressionId, Types.STRING))
            .transform("LabelJoin", WireType.of(LabeledExample.class), new LabelJoin(settings)));
  }

  /** Puts impressions that say their labels in the order of event time. */
  public static LabelStreams inline(
      DataStream<EncodedImpression> impressions, JoinSettings settings) {
    return new LabelStreams(
        impressions
            .keyBy(EncodedImpression::id, Types.STRING)
            .transform("EventOrder", WireType.of(LabeledExample.class), new EventOrder(settings)));
  }

  /** Clicks that change no label: too late, or without an impression. */
  public DataStream<Click> lateClicks() {
    return examples.getSideOutput(LATE_CLICKS);
  }

  /** The final labels of the impressions that are scored. */
  public DataStream<FinalLabel> finalLabels() {
    return examples.getSideOutput(FINAL_LABELS);
  }

  /** Examples that are not to be learned, as their clicks are lost. */
  public DataStream<LabeledExample> lostExamples() {
    return examples.getSideOutput(LOST_EXAMPLES);
  }

  /**
   * Ahead of each barrier, why what was learned up to it should not be published, if it should not.
   */
  public DataStream<String> holds() {
    return examples.getSideOutput(HOLDS);
  }
}
