package io.freshet.evaluate.operator;

import io.freshet.evaluate.operator.AtImpression.Labeled;
import io.freshet.evaluate.operator.AtImpression.Predicted;
import io.freshet.model.batch.Predictions;
import io.freshet.wire.WireType;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Brings what was predicted of an impression when it was shown together with its final label, keyed
 * by impression: the only figure by which policies of labels can be compared, as all of them are
 * held against the same labels.
 *
 * <p>Whichever half comes first waits in keyed state, so each impression is scored once, through
 * failures too. Every impression that is asked for gets both halves, the label at the end of its
 * window at the latest: nothing stays behind, and there are no timers. The score's time is the
 * label's. It is never behind the watermark: the label's time is not before the join's watermark,
 * and the trainer holds its own until what came before is predicted.
 */
public final class ImpressionScores extends AbstractStreamOperator<Predictions>
    implements OneInputStreamOperator<AtImpression, Predictions> {
  private static final long serialVersionUID = 1L;

  private transient ValueState<AtImpression> halves;

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    halves =
        context
            .getKeyedStateStore()
            .getState(new ValueStateDescriptor<>("halves", WireType.of(AtImpression.class)));
  }

  @Override
  public void processElement(StreamRecord<AtImpression> element) throws Exception {
    AtImpression half = element.getValue();
    AtImpression other = halves.value();
    if (half instanceof Predicted predicted && other instanceof Labeled labeled) {
      score(predicted, labeled);
    } else if (half instanceof Labeled labeled && other instanceof Predicted predicted) {
      score(predicted, labeled);
    } else {
      halves.update(half);
    }
  }

  private void score(Predicted predicted, Labeled labeled) {
    halves.clear();
    Predictions score =
        new Predictions(
            new long[] {labeled.time()},
            new float[] {labeled.label()},
            new float[] {labeled.weight()},
            new float[] {predicted.probability()},
            0);
    output.collect(new StreamRecord<>(score, labeled.time()));
  }
}
