package io.freshet.train.feedback;

import io.freshet.train.message.ShardResponse;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The feedback edges of this process: from a response to the trainer that sent the request.
 *
 * <p>A trainer draws a random channel id when it opens, and every request has it; so delivery does
 * not wait for a start, and never reaches a trainer of another attempt. The map is static, hence
 * one for each job and process: Flink gives all tasks of a job in a process the same class loader.
 */
public final class FeedbackChannels {
  private static final ConcurrentMap<UUID, Consumer<ShardResponse>> HEADS =
      new ConcurrentHashMap<>();

  private FeedbackChannels() {}

  /** Registers the receiver of a channel's responses. */
  public static void open(UUID channel, Consumer<ShardResponse> head) {
    if (HEADS.putIfAbsent(channel, head) != null) {
      throw new IllegalStateException("feedback channel " + channel + " is open already");
    }
  }

  public static void close(UUID channel, Consumer<ShardResponse> head) {
    HEADS.remove(channel, head);
  }

  public static boolean isOpen(UUID channel) {
    return HEADS.containsKey(channel);
  }

  /** Delivers a response; returns false if its trainer is closing or not in this process. */
  public static boolean deliver(ShardResponse response) {
    Consumer<ShardResponse> head = HEADS.get(response.replyTo().channel());
    try {
      if (head != null) {
        head.accept(response);
      }
      return head != null;
    } catch (RejectedExecutionException closing) {
      return false;
    }
  }
}
