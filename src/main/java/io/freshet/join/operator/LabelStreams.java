package io.freshet.join.operator;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.PublishedHistory;
import io.freshet.feature.history.UserAction;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinSettings;
import io.freshet.join.SentHistories;
import io.freshet.join.attribution.DeferredExample;
import io.freshet.wire.WireType;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * The label join as a node of a topology, or what is in its place where impressions say their
 * labels.
 *
 * @param joined what all other streams are side outputs of
 * @param examples the labeled examples, their sequences filled
 */
public record LabelStreams(
    SingleOutputStreamOperator<LabeledExample> joined,
    SingleOutputStreamOperator<LabeledExample> examples) {
  static final OutputTag<Click> LATE_CLICKS =
      new OutputTag<>("late-clicks", WireType.of(Click.class));
  static final OutputTag<LabeledExample> LOST_EXAMPLES =
      new OutputTag<>("lost-examples", WireType.of(LabeledExample.class));
  static final OutputTag<FinalLabel> FINAL_LABELS =
      new OutputTag<>("final-labels", WireType.of(FinalLabel.class));
  static final OutputTag<DeferredExample> UNFILLED =
      new OutputTag<>("unfilled-examples", WireType.of(DeferredExample.class));
  static final OutputTag<UserAction> ACTIONS =
      new OutputTag<>("actions", WireType.of(UserAction.class));
  static final OutputTag<PublishedHistory> HISTORIES =
      new OutputTag<>("histories", WireType.of(PublishedHistory.class));
  static final OutputTag<SentHistories> SENT_HISTORIES =
      new OutputTag<>("sent-histories", WireType.of(SentHistories.class));
  static final OutputTag<String> HOLDS = new OutputTag<>("holds", Types.STRING);

  public LabelStreams {
    requireNonNull(joined, "joined");
    requireNonNull(examples, "examples");
  }

  /** Joins the streams for a model of one task. */
  public static LabelStreams join(
      DataStream<EncodedImpression> impressions,
      DataStream<Click> clicks,
      JoinSettings settings,
      Histories histories) {
    return join(impressions, clicks, settings, histories, 0, "LabelJoin");
  }

  /**
   * Joins the streams; examples are to be {@link #filled} unless there are no histories.
   *
   * @param task whose labels these are
   * @param name of the operator
   */
  public static LabelStreams join(
      DataStream<EncodedImpression> impressions,
      DataStream<Click> clicks,
      JoinSettings settings,
      Histories histories,
      int task,
      String name) {
    return of(
        impressions
            .keyBy(EncodedImpression::id, Types.STRING)
            .connect(clicks.keyBy(Click::impressionId, Types.STRING))
            .transform(
                name, WireType.of(LabeledExample.class), new LabelJoin(settings, histories, task)));
  }

  /** Puts impressions that say their labels in the order of event time; else as {@link #join}. */
  public static LabelStreams inline(
      DataStream<EncodedImpression> impressions, JoinSettings settings, Histories histories) {
    return of(
        impressions
            .keyBy(EncodedImpression::id, Types.STRING)
            .transform(
                "EventOrder",
                WireType.of(LabeledExample.class),
                new EventOrder(settings, histories)));
  }

  private static LabelStreams of(SingleOutputStreamOperator<LabeledExample> joined) {
    return new LabelStreams(joined, joined);
  }

  /**
   * Fills the sequences of the examples from what their users did.
   *
   * @param acted whose actions count: the labels of the first task
   * @param task whose examples these are
   * @param name of the operator
   * @param model the shape, as text, of the model that {@link #histories} are published with, if
   *     they are
   */
  public LabelStreams filled(
      LabelStreams acted,
      JoinSettings settings,
      Histories histories,
      int task,
      String name,
      Optional<String> model) {
    var filled =
        joined
            .getSideOutput(UNFILLED)
            .keyBy(
                each -> histories.user(each.example().impressionId(), each.example().example()),
                Types.STRING)
            .connect(acted.joined.getSideOutput(ACTIONS).keyBy(UserAction::user, Types.STRING))
            .transform(
                name,
                WireType.of(LabeledExample.class),
                new HistoryFill(settings, histories, task, model.orElse("")));
    return new LabelStreams(joined, filled);
  }

  /** What users did, as it changes: what is published of it. */
  public DataStream<PublishedHistory> histories() {
    return examples.getSideOutput(HISTORIES);
  }

  /** Ahead of a barrier, which subtasks have sent all histories, as the publisher asked. */
  public DataStream<SentHistories> sentHistories() {
    return examples.getSideOutput(SENT_HISTORIES);
  }

  /** No records, but the watermarks of the examples: up to which time all labels are decided. */
  public <T> DataStream<T> time(TypeInformation<T> type) {
    return examples.getSideOutput(new OutputTag<>("time", type));
  }

  /** Clicks that change no label: too late, or without an impression. */
  public DataStream<Click> lateClicks() {
    return joined.getSideOutput(LATE_CLICKS);
  }

  /** The final labels of the impressions that are scored. */
  public DataStream<FinalLabel> finalLabels() {
    return joined.getSideOutput(FINAL_LABELS);
  }

  /** Examples that are not to be learned, as their clicks are lost. */
  public DataStream<LabeledExample> lostExamples() {
    return joined.getSideOutput(LOST_EXAMPLES);
  }

  /**
   * Ahead of each barrier, why what was learned up to it should not be published, if it should not.
   */
  public DataStream<String> holds() {
    return joined.getSideOutput(HOLDS);
  }
}
