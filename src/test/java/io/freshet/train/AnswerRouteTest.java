package io.freshet.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.train.Answer.DenseSlices;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswerRouteTest {
  private final UUID channel = UUID.randomUUID();
  private final Answer answer =
      new DenseSlices(new ReplyTo(channel, 0, "here"), new int[0], new float[0][]);
  private final List<Answer> atHead = new ArrayList<>();
  private final List<Answer> inChannels = new ArrayList<>();
  private Consumer<Answer> head = atHead::add;

  @AfterEach
  void close() {
    FeedbackChannels.close(channel, head);
  }

  @Test
  void aHeadOfThisProcessIsAnsweredDirectly() {
    FeedbackChannels.open(channel, head);

    new AnswerRoute(true, inChannels::add).send(answer);

    assertThat(atHead).containsExactly(answer);
    assertThat(inChannels).isEmpty();
  }

  @Test
  void aHeadElsewhereIsAnsweredThroughTheChannels() {
    new AnswerRoute(true, inChannels::add).send(answer);

    assertThat(inChannels).containsExactly(answer);
  }

  @Test
  void everyAnswerGoesThroughTheChannelsIfNotDirect() {
    FeedbackChannels.open(channel, head);

    new AnswerRoute(false, inChannels::add).send(answer);

    assertThat(atHead).isEmpty();
    assertThat(inChannels).containsExactly(answer);
  }

  @Test
  void whatAClosingHeadDoesNotTakeIsLeftToItsTail() {
    head =
        closing -> {
          throw new RejectedExecutionException("closed");
        };
    FeedbackChannels.open(channel, head);

    new AnswerRoute(true, inChannels::add).send(answer);

    assertThat(inChannels).containsExactly(answer);
  }
}
