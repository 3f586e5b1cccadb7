package io.freshet.train.feedback;

import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.state.LoopRules;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The end of the loop in Flink's graph: passes each response to the trainer of its own process that
 * sent the request. It never blocks, so the loop cannot deadlock.
 *
 * <p>A trainer waits until nothing of it is in flight before it ends, so a response whose trainer
 * is gone, or has a closed mailbox, belongs to a trainer that fails or is canceled: it is dropped,
 * and the job restarts or ends for that trainer's reason. A response to a trainer of another
 * process is refused: the two were not scheduled together.
 */
public final class FeedbackTail extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<ShardResponse, Void> {
  private static final long serialVersionUID = 1L;

  private transient String location;
  private transient Counter dropped;

  @Override
  public void open() throws Exception {
    super.open();
    location = LoopRules.location(this);
    dropped = getMetricGroup().counter("responses_dropped");
    LoopRules.check(this);
  }

  @Override
  public void processElement(StreamRecord<ShardResponse> element) {
    ShardResponse response = element.getValue();
    if (FeedbackChannels.deliver(response)) {
      return;
    }
    if (!response.replyTo().location().equals(location)) {
      throw headIsElsewhere(response.replyTo());
    }
    LOG.info("trainer {} closes: dropped a response", response.replyTo().trainer());
    dropped.inc();
  }

  private IllegalStateException headIsElsewhere(ReplyTo head) {
    return new IllegalStateException(
        "feedback tail "
            + getRuntimeContext().getTaskInfo().getIndexOfThisSubtask()
            + " in "
            + location
            + " got a response for trainer "
            + head.trainer()
            + " in "
            + head.location()
            + ", which is another process: trainer and tail of one index must share a task slot");
  }
}
