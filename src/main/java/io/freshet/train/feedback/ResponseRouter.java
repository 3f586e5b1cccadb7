package io.freshet.train.feedback;

import io.freshet.train.message.ShardResponse;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * How a shard's or merger's answers leave: straight to the head, as a mail, where it lives in the
 * same process, and through Flink's channels to its tail where not. A whole answer is spared two
 * copies and two threads' turns.
 *
 * <p>Answers may take either way: the state at a barrier rests on what trainers send being in order
 * with it, not on what comes back, as a trainer lets no barrier pass before it has all its answers.
 */
public final class ResponseRouter {
  private final boolean direct;
  private final Consumer<ShardResponse> channels;

  public ResponseRouter(boolean direct, Consumer<ShardResponse> channels) {
    this.direct = direct;
    this.channels = channels;
  }

  public void send(ShardResponse answer) {
    if (!direct || !isTaken(answer)) {
      channels.accept(answer);
    }
  }

  /** A head that has just closed does not take it; the tail knows what that means. */
  private static boolean isTaken(ShardResponse answer) {
    var head = FeedbackChannels.find(answer.replyTo().channel());
    try {
      head.ifPresent(h -> h.accept(answer));
      return head.isPresent();
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }
}
