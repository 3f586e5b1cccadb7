package io.freshet.train.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.DenseSlices;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResponseRouterTest {
  private final UUID channel = UUID.randomUUID();
  private final ShardResponse response =
      new DenseSlices(new ReplyTo(channel, 0, "here"), new int[0], new float[0][]);
  private final List<ShardResponse> atHead = new ArrayList<>();
  private final List<ShardResponse> inChannels = new ArrayList<>();
  private Consumer<ShardResponse> head = atHead::add;

  @AfterEach
  void close() {
    FeedbackChannels.close(channel, head);
  }

  @Test
  void aResponseWithinTheProcessIsDirect() {
    FeedbackChannels.open(channel, head);

    new ResponseRouter(true, inChannels::add).send(response);

    assertThat(atHead).containsExactly(response);
    assertThat(inChannels).isEmpty();
  }

  @Test
  void aResponseToAnotherProcessTakesTheChannels() {
    new ResponseRouter(true, inChannels::add).send(response);

    assertThat(inChannels).containsExactly(response);
  }

  @Test
  void everyResponseTakesTheChannelsIfNotDirect() {
    FeedbackChannels.open(channel, head);

    new ResponseRouter(false, inChannels::add).send(response);

    assertThat(atHead).isEmpty();
    assertThat(inChannels).containsExactly(response);
  }

  @Test
  void whatAClosingHeadDoesNotTakeIsLeftToItsTail() {
    head =
        closing -> {
          throw new RejectedExecutionException("closed");
        };
    FeedbackChannels.open(channel, head);

    new ResponseRouter(true, inChannels::add).send(response);

    assertThat(inChannels).containsExactly(response);
  }
}
