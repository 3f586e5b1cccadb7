package io.freshet.join.operator;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinSettings;
import io.freshet.wire.WireType;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** One subtask of the join, with 128 key groups. */
public final class JoinHarness
    extends KeyedTwoInputStreamOperatorTestHarness<
        String, EncodedImpression, Click, LabeledExample> {
  public static final int MAX_PARALLELISM = 128;
  static final OutputTag<Click> LATE = LabelStreams.LATE_CLICKS;
  public static final OutputTag<LabeledExample> LOST = LabelStreams.LOST_EXAMPLES;
  static final OutputTag<FinalLabel> FINAL = LabelStreams.FINAL_LABELS;
  public static final OutputTag<String> HOLDS = LabelStreams.HOLDS;

  private JoinHarness(JoinSettings settings, Histories histories, int parallelism, int subtask)
      throws Exception {
    super(
        new LabelJoin(settings, histories),
        EncodedImpression::id,
        Click::impressionId,
        Types.STRING,
        MAX_PARALLELISM,
        parallelism,
        subtask,
        WireType.of(EncodedImpression.class).serializer(),
        WireType.of(Click.class).serializer());
    ((LabelJoin) operator)
        .setMailboxExecutor(mockTask.getMailboxExecutorFactory().createExecutor(0));
    setup(WireType.of(LabeledExample.class).serializer());
  }

  public static JoinHarness open(JoinSettings settings) throws Exception {
    JoinHarness harness = new JoinHarness(settings, Histories.NONE, 1, 0);
    harness.open();
    return harness;
  }

  static JoinHarness start(JoinSettings settings, int parallelism, int subtask) throws Exception {
    JoinHarness harness = new JoinHarness(settings, Histories.NONE, parallelism, subtask);
    harness.open();
    return harness;
  }

  /** A subtask of a join that histories follow, of a state if there is one. */
  static JoinHarness of(
      JoinSettings settings,
      Histories histories,
      Optional<OperatorSubtaskState> state,
      int parallelism,
      int subtask)
      throws Exception {
    JoinHarness harness = new JoinHarness(settings, histories, parallelism, subtask);
    if (state.isPresent()) {
      harness.initializeState(state.get());
    }
    harness.open();
    return harness;
  }

  public static JoinHarness restore(
      JoinSettings settings, OperatorSubtaskState state, int before, int parallelism, int subtask)
      throws Exception {
    JoinHarness harness = new JoinHarness(settings, Histories.NONE, parallelism, subtask);
    harness.initializeState(
        repartitionOperatorState(state, MAX_PARALLELISM, before, parallelism, subtask));
    harness.open();
    return harness;
  }

  public void impression(String id, long timestamp) throws Exception {
    processElement1(encoded(id, timestamp), timestamp);
  }

  public static EncodedImpression encoded(String id, long timestamp) {
    Example example = new Example(id.hashCode(), new long[] {0, timestamp}, new float[] {1, 0.5f});
    return new EncodedImpression(id, timestamp, 1, example);
  }

  public void click(String id, long timestamp) throws Exception {
    processElement2(new Click(id, timestamp), timestamp);
  }

  public void watermarks(long timestamp) throws Exception {
    processBothWatermarks(new Watermark(timestamp));
  }

  /** Runs the mails that the join has sent itself. */
  public void runMails() throws Exception {
    while (getTaskMailbox().hasMail()) {
      getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
    }
  }

  public JoinCounts counts() {
    return ((LabelJoin) operator).counts();
  }

  @Override
  public void close() {
    try {
      super.close();
    } catch (Exception e) {
      throw new IllegalStateException("the join does not close", e);
    }
  }
}
