package io.freshet.train.feedback;

import io.freshet.train.LoopSettings;
import io.freshet.train.Reset;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.state.DueReset;
import io.freshet.train.state.LoopRules;
import io.freshet.train.state.StateCompatibility;
import io.freshet.train.state.StoredSettings;
import io.freshet.train.state.StoredShape;
import java.util.Optional;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * An operator that holds parameters and responds to trainers. Checks that its state fits the
 * settings, and flushes what changed before each barrier and at the end of the input.
 */
public abstract class ParameterServer<Q> extends AbstractStreamOperator<ShardResponse>
    implements OneInputStreamOperator<Q, ShardResponse>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  protected final LoopSettings settings;
  protected final boolean direct;

  protected transient StoredShape shape;
  protected transient Reset reset; // what of the restored state starts again
  protected transient Optional<StoredSettings> earlier; // of a state to be converted
  private transient boolean ended;

  /**
   * @param direct whether messages within a process bypass Flink's channels
   */
  protected ParameterServer(LoopSettings settings, boolean direct) {
    this.settings = settings;
    this.direct = direct;
  }

  /** The settings that give the parameters in state their meaning. */
  protected abstract StateCompatibility compatibility();

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    earlier =
        compatibility()
            .guard(
                context.getOperatorStateStore(), getRuntimeContext(), settings.start().migrates());
    shape = StoredShape.of(context, settings);
    reset = DueReset.of(context, settings.start().reset());
  }

  @Override
  public void open() throws Exception {
    super.open();
    LoopRules.check(this);
  }

  /**
   * Sends a response: straight to the trainer, as a mail, if it is in the same process, and
   * otherwise through Flink's channels to its {@link FeedbackTail}. The direct way saves two copies
   * and two thread switches. Responses may take either way: a trainer lets no barrier pass before
   * it has all its responses, so the state at a barrier depends only on the order of requests.
   */
  protected final void respond(ShardResponse response) {
    if (!direct || !FeedbackChannels.deliver(response)) {
      output.collect(new StreamRecord<>(response));
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    if (!ended) {
      flush();
    }
  }

  @Override
  public void endInput() throws Exception {
    flush();
    ended = true;
  }

  /** Sends what changed to the snapshot, and writes it to state. */
  protected abstract void flush() throws Exception;
}
