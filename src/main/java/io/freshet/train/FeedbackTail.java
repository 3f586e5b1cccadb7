package io.freshet.train;

import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The end of the loop in Flink's graph: hands each answer to the trainer of its own process that
 * asked for it. It never blocks, so the loop cannot deadlock.
 *
 * <p>A trainer waits until nothing of it is under way before it ends, so an answer that finds its
 * trainer's mailbox closed belongs to a trainer that is failing: it is dropped, and that trainer's
 * own failure restarts the job.
 */
final class FeedbackTail extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<Answer, Void> {
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
  public void processElement(StreamRecord<Answer> element) {
    Answer answer = element.getValue();
    var head =
        FeedbackChannels.find(answer.replyTo().channel())
            .orElseThrow(() -> headIsElsewhere(answer.replyTo()));
    try {
      head.accept(answer);
    } catch (RejectedExecutionException closed) {
      LOG.info("trainer {} closes: dropped an answer to it", answer.replyTo().trainer());
      dropped.inc();
    }
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
            + ", which is not (or no longer) in the same process: trainer and tail of one index"
            + " must share a slot");
  }
}
