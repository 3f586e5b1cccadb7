package io.freshet.train.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.state.LoopRules;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // close() may be interrupted
final class FeedbackTailOperatorTest {
  private final UUID channel = UUID.randomUUID();
  private final FeedbackTail tail = new FeedbackTail();
  private final List<ShardResponse> atHead = new ArrayList<>();
  private final Consumer<ShardResponse> head = atHead::add;
  private OneInputStreamOperatorTestHarness<ShardResponse, Void> harness;

  @BeforeEach
  void open() throws Exception {
    harness = new OneInputStreamOperatorTestHarness<>(tail, 16, 1, 0);
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    FeedbackChannels.close(channel, head);
    harness.close();
  }

  @Test
  void aResponseReachesItsTrainer() throws Exception {
    FeedbackChannels.open(channel, head);

    harness.processElement(response(LoopRules.location(tail)));

    assertThat(atHead).hasSize(1);
  }

  @Test
  void aResponseToAClosedTrainerIsDropped() throws Exception {
    harness.processElement(response(LoopRules.location(tail)));
    FeedbackChannels.open(channel, head);
    harness.processElement(response(LoopRules.location(tail)));

    assertThat(atHead).hasSize(1);
  }

  @Test
  void aResponseToAClosingTrainerIsDropped() throws Exception {
    Consumer<ShardResponse> closing =
        response -> {
          throw new RejectedExecutionException("closed");
        };
    FeedbackChannels.open(channel, closing);
    harness.processElement(response(LoopRules.location(tail)));
    FeedbackChannels.close(channel, closing);
    FeedbackChannels.open(channel, head);
    harness.processElement(response(LoopRules.location(tail)));

    assertThat(atHead).hasSize(1);
  }

  @Test
  void aResponseToATrainerOfAnotherProcessIsRefused() {
    assertThatThrownBy(() -> harness.processElement(response("task manager 10.0.0.7 (process 1)")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("trainer 3 in task manager 10.0.0.7 (process 1)")
        .hasMessageContaining("must share a task slot");
  }

  private StreamRecord<ShardResponse> response(String location) {
    ReplyTo asker = new ReplyTo(channel, 3, location);
    return new StreamRecord<>(new ShardResponse.DenseSlices(asker, new int[0], new float[0][]));
  }
}
