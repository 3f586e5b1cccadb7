package io.freshet.train.feedback;

import io.freshet.train.message.ShardResponse;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Routes the responses of a parameter server: straight to the trainer, as a mail, if it is in the
 * same process, and otherwise through Flink's channels to its tail. The direct way saves two copies
 * of a response and two thread switches.
 *
 * <p>Responses may take either way: a trainer lets no barrier pass before it has all its responses,
 * so the state at a barrier depends only on the order of what trainers send.
 */
public final class ResponseRouter {
  private final boolean direct;
  private final Consumer<ShardResponse> channels;

  public ResponseRouter(boolean direct, Consumer<ShardResponse> channels) {
    this.direct = direct;
    this.channels = channels;
  }

  public void send(ShardResponse response) {
    if (!direct || !isTaken(response)) {
      channels.accept(response);
    }
  }

  /** A trainer that has just closed does not take it; then the tail handles it. */
  private static boolean isTaken(ShardResponse response) {
    var head = FeedbackChannels.find(response.replyTo().channel());
    try {
      head.ifPresent(h -> h.accept(response));
      return head.isPresent();
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }
}
