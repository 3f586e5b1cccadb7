package io.freshet.train.feedback;

import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.state.LoopRules;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The end of the loop in Flink's graph: hands each answer to the trainer of its own process that
 * asked for it. It never blocks, so the loop cannot deadlock.
 *
 * <p>A trainer waits until nothing of it is under way before it ends, so an answer that finds its
 * trainer gone, or its mailbox closed, belongs to one that fails or is cancelled: it is dropped,
 * and the job restarts or ends for that trainer's reason. An answer for a trainer of another
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
    dropped = getMetricGroup().counter("answers-dropped");
    LoopRules.check(this);
  }

  @Override
  public void processElement(StreamRecord<ShardResponse> element) {
    ShardResponse answer = element.getValue();
    var head = FeedbackChannels.find(answer.replyTo().channel());
    if (head.isPresent()) {
      deliver(answer, head.get());
    } else if (answer.replyTo().location().equals(location)) {
      drop(answer);
    } else {
      throw headIsElsewhere(answer.replyTo());
    }
  }

  private void deliver(ShardResponse answer, Consumer<ShardResponse> head) {
    try {
      head.accept(answer);
    } catch (RejectedExecutionException closed) {
      drop(answer);
    }
  }

  private void drop(ShardResponse answer) {
    LOG.info("trainer {} closes: dropped an answer to it", answer.replyTo().trainer());
    dropped.inc();
  }

  private IllegalStateException headIsElsewhere(ReplyTo head) {
    return new IllegalStateException(
        "feedback tail "
            + getRuntimeContext().getTaskInfo().getIndexOfThisSubtask()
            + " in "
            + location
            + " got an answer for trainer "
            + head.trainer()
            + " in "
            + head.location()
            + ", which is another process: trainer and tail of one index must share a slot");
  }
}
