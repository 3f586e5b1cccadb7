package io.freshet.join;

import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.Example;
import io.freshet.feature.LabelledExample;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** One subtask of the join, with 128 key groups. */
final class JoinHarness
    extends KeyedTwoInputStreamOperatorTestHarness<
        String, EncodedImpression, Click, LabelledExample> {
  static final int MAX_PARALLELISM = 128;
  static final OutputTag<Click> LATE = LabelStreams.LATE_CLICKS;
  static final OutputTag<LabelledExample> LOST = LabelStreams.LOST_EXAMPLES;
  static final OutputTag<FinalLabel> FINAL = LabelStreams.FINAL_LABELS;
  static final OutputTag<String> HOLDS = LabelStreams.HOLDS;

  private JoinHarness(JoinSettings settings, int parallelism, int subtask) throws Exception {
    super(
        new LabelJoin(settings),
        EncodedImpression::id,
        Click::impressionId,
        Types.STRING,
        MAX_PARALLELISM,
        parallelism,
        subtask,
        EncodedImpressionCodec.TYPE.serializer(),
        ClickCodec.TYPE.serializer());
    ((LabelJoin) operator)
        .setMailboxExecutor(mockTask.getMailboxExecutorFactory().createExecutor(0));
    setup(LabelledExampleCodec.TYPE.serializer());
  }

  static JoinHarness open(JoinSettings settings) throws Exception {
    JoinHarness harness = new JoinHarness(settings, 1, 0);
    harness.open();
    return harness;
  }

  static JoinHarness restore(
      JoinSettings settings, OperatorSubtaskState state, int before, int parallelism, int subtask)
      throws Exception {
    JoinHarness harness = new JoinHarness(settings, parallelism, subtask);
    harness.initializeState(
        repartitionOperatorState(state, MAX_PARALLELISM, before, parallelism, subtask));
    harness.open();
    return harness;
  }

  void impression(String id, long timestamp) throws Exception {
    processElement1(encoded(id, timestamp), timestamp);
  }

  static EncodedImpression encoded(String id, long timestamp) {
    Example example = new Example(id.hashCode(), new long[] {0, timestamp}, new float[] {1, 0.5f});
    return new EncodedImpression(id, timestamp, 1, example);
  }

  void click(String id, long timestamp) throws Exception {
    processElement2(new Click(id, timestamp), timestamp);
  }

  void watermarks(long timestamp) throws Exception {
    processBothWatermarks(new Watermark(timestamp));
  }

  /** Runs the mails that the join has sent itself. */
  void runMails() throws Exception {
    while (getTaskMailbox().hasMail()) {
      getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
    }
  }

  JoinCounts counts() {
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
