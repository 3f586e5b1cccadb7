package io.freshet.snapshot.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.write.PublisherInput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PublicationQueueTest {
  private static final String OLD = "aaaaaaaa";
  private static final String NEW = "bbbbbbbb";
  private static final String RUN = "run";
  private static final Supplier<String> DRAW = () -> NEW;

  @Test
  void usageExample() throws Exception {
    PublicationQueue chain = new PublicationQueue(OLD, RUN);
    chain.join(List.of(), DRAW);
    chain.add(contents(1));
    chain.complete(1);
    PublicationQueue.Due first = chain.awaitDue();
    chain.published(first.version());
    chain.add(contents(2));
    chain.add(contents(3));
    chain.complete(3);
    PublicationQueue.Due second = chain.awaitDue();

    assertThat(first.version()).isEqualTo(new Version(OLD, 1));
    assertThat(first.parent()).isEmpty();
    assertThat(second.version()).isEqualTo(new Version(OLD, 3));
    assertThat(second.parent()).contains(first.version());
    assertThat(paths(second)).containsExactly("part 2", "part 3");
  }

  @Test
  void partsOfHistoriesWaitAsThoseOfRowsDo() throws Exception {
    PublicationQueue chain = joined();
    PublisherInput.Part first = new PublisherInput.Part("histories 1", 1, "", 1, 1, 0);
    PublisherInput.Part second = new PublisherInput.Part("histories 2", 1, "", 1, 1, 0);
    chain.add(contents(1).withHistories(List.of(first)));
    chain.abort(1);
    chain.add(contents(2).withHistories(List.of(second)));
    chain.complete(2);

    assertThat(chain.awaitDue().histories()).containsExactly(first, second);
    assertThat(chain.waitingParts())
        .containsExactly("part 1", "histories 1", "part 2", "histories 2");
  }

  @Test
  void completedCheckpointsArePublishedInOrder() throws Exception {
    PublicationQueue chain = joined();
    chain.add(contents(1));
    chain.complete(1);
    chain.add(contents(2));
    chain.complete(2);

    assertThat(chain.awaitDue().version().checkpoint()).isEqualTo(1);
    chain.published(new Version(OLD, 1));
    assertThat(paths(chain.awaitDue())).containsExactly("part 2");
  }

  @Test
  void aNightOfWithheldCheckpointsKeepsNoNetwork() throws Exception {
    PublicationQueue chain = joined();
    for (int checkpoint = 1; checkpoint <= 600; checkpoint++) {
      chain.add(withheld(contents(checkpoint)));
      PublisherState state = chain.state(List.of(), Map.of(), "");
      assertThat(state.unpublished()).allMatch(contents -> contents.dense().isEmpty());
      chain.complete(checkpoint);
    }
    chain.add(contents(601));
    chain.complete(601);

    assertThat(chain.awaitDue().contents().dense()).isPresent();
    assertThat(chain.awaitDue().parts()).hasSize(601);
  }

  @Test
  void withheldCheckpointIsNotPublishedAndItsPartsGoIntoTheNext() throws Exception {
    PublicationQueue chain = joined();
    chain.add(withheld(contents(1)));
    chain.complete(1);
    assertThat(chain.hasDue()).isFalse();

    chain.add(contents(2));
    chain.complete(2);

    assertThat(paths(chain.awaitDue())).containsExactly("part 1", "part 2");
  }

  @Test
  void whenTooManyWaitThoseInTheMiddleAreFoldedIntoTheNext() throws Exception {
    PublicationQueue chain = joined();
    for (long id = 1; id <= 20; id++) {
      chain.add(contents(id));
      chain.complete(id);
    }

    assertThat(
            chain.state(List.of(), Map.of(), "").unpublished().stream()
                .filter(c -> c.dense().isPresent()))
        .extracting(CheckpointContents::checkpoint)
        .containsExactly(1L, 2L, 3L, 20L);
    chain.published(new Version(OLD, 3));
    assertThat(chain.awaitDue().version().checkpoint()).isEqualTo(20);
    assertThat(paths(chain.awaitDue())).hasSize(17).startsWith("part 4").endsWith("part 20");
  }

  @Test
  void theStateOfACheckpointIsDueAtItsRestore() throws Exception {
    PublicationQueue chain = joined();
    chain.add(contents(1));
    PublicationQueue restored = new PublicationQueue(chain.state(List.of(), Map.of(), ""), RUN);
    restored.join(List.of(), DRAW);

    assertThat(restored.awaitDue().version()).isEqualTo(new Version(OLD, 1));
  }

  @Test
  void aVersionPublishedAfterItsStateWasWrittenIsTakenOver() throws Exception {
    PublicationQueue chain = joined();
    chain.add(contents(1));
    chain.add(contents(2));
    PublisherState state = chain.state(List.of(), Map.of(), "");
    Version first = new Version(OLD, 1);
    PublicationQueue restored = new PublicationQueue(state, RUN);

    Optional<Version> found = restored.join(List.of(first), DRAW);

    assertThat(found).contains(first);
    assertThat(restored.awaitDue().parent()).contains(first);
    assertThat(paths(restored.awaitDue())).containsExactly("part 2");
  }

  @Test
  void aVersionThatWasFoundIsWaitedForUntilItsLastStep() throws Exception {
    PublicationQueue restored = new PublicationQueue(publishedOnceAndCutTwice(), RUN);
    restored.join(List.of(new Version(OLD, 1), new Version(OLD, 2)), DRAW);
    assertThat(restored.hasDue()).isTrue();

    restored.finished();
    assertThat(restored.hasDue()).isFalse();
  }

  @Test
  void aVersionBeyondTheStateStartsANewLineage() throws Exception {
    PublicationQueue restored = new PublicationQueue(publishedOnceAndCutTwice(), RUN);

    Optional<Version> found =
        restored.join(List.of(new Version(OLD, 1), new Version(OLD, 3)), DRAW);

    assertThat(found).isEmpty();
    assertThat(restored.awaitDue().version()).isEqualTo(new Version(NEW, 2));
    assertThat(restored.awaitDue().parent()).contains(new Version(OLD, 1));
  }

  @Test
  void anUndecidedLineageIsNotForgottenInTheNextCheckpoint() throws Exception {
    PublicationQueue undecided = new PublicationQueue(publishedOnceAndCutTwice(), RUN);
    undecided.add(contents(3)); // the store could not be reached so far
    PublicationQueue restored = new PublicationQueue(undecided.state(List.of(), Map.of(), ""), RUN);

    restored.join(List.of(new Version(OLD, 1), new Version(OLD, 3)), DRAW);

    assertThat(restored.awaitDue().version()).isEqualTo(new Version(NEW, 3));
    assertThat(paths(restored.awaitDue())).containsExactly("part 2", "part 3");
  }

  @Test
  void jobsStartedFromOneStateNeverWriteTheSameVersion() throws Exception {
    PublicationQueue one = new PublicationQueue(publishedOnceAndCutTwice(), "one");
    PublicationQueue two = new PublicationQueue(publishedOnceAndCutTwice(), "two");
    List<Version> store = List.of(new Version(OLD, 1));

    one.join(store, DRAW);
    two.join(store, () -> "cccccccc");

    assertThat(one.awaitDue().version()).isEqualTo(new Version(NEW, 2));
    assertThat(two.awaitDue().version()).isEqualTo(new Version("cccccccc", 2));
    assertThat(one.awaitDue().parent()).isEqualTo(two.awaitDue().parent());
  }

  @Test
  void aJobStartedFromASavepointFollowsTheVersionPublishedOfIt() throws Exception {
    PublicationQueue started = new PublicationQueue(publishedOnceAndCutTwice(), "another");

    started.join(List.of(new Version(OLD, 1), new Version(OLD, 2)), DRAW);
    started.add(contents(3));
    started.complete(3);

    assertThat(started.awaitDue().version()).isEqualTo(new Version(NEW, 3));
    assertThat(started.awaitDue().parent()).contains(new Version(OLD, 2));
    assertThat(paths(started.awaitDue())).containsExactly("part 3");
  }

  @Test
  void aRunKeepsTheLineageItTookThroughItsFailures() throws Exception {
    PublicationQueue started = new PublicationQueue(publishedOnceAndCutTwice(), "another");
    started.join(List.of(new Version(OLD, 1)), DRAW);
    PublicationQueue restored =
        new PublicationQueue(started.state(List.of(), Map.of(), ""), "another");
    restored.join(List.of(new Version(OLD, 1)), () -> "cccccccc");

    assertThat(restored.awaitDue().version()).isEqualTo(new Version(NEW, 2));
  }

  @Test
  void otherLineagesInTheStoreDoNotMatter() throws Exception {
    PublicationQueue restored = new PublicationQueue(publishedOnceAndCutTwice(), RUN);

    restored.join(List.of(new Version(OLD, 1), new Version("cccccccc", 9)), DRAW);

    assertThat(restored.awaitDue().version()).isEqualTo(new Version(OLD, 2));
  }

  @Test
  void aStoreWithoutTheParentIsRefused() {
    PublicationQueue restored = new PublicationQueue(publishedOnceAndCutTwice(), RUN);

    assertThatThrownBy(() -> restored.join(List.of(), DRAW))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("aaaaaaaa-0000000001");
    assertThat(restored.hasDue()).isTrue();
  }

  @Test
  void whatStartsOverWaitsForAllRowsAndBeginsWithAFull() throws Exception {
    PublicationQueue chain = joined();
    chain.add(contents(1));
    chain.complete(1);
    chain.startOver(NEW);
    assertThat(chain.hasDue()).isFalse();
    assertThat(chain.request()).isEqualTo(NEW);
    chain.add(contents(2));
    chain.complete(2);
    assertThat(chain.hasDue()).isFalse();

    PublicationQueue restored = new PublicationQueue(chain.state(List.of(), Map.of(), ""), RUN);
    assertThat(restored.request()).isEmpty(); // the lineage is not decided yet
    restored.join(List.of(new Version(OLD, 1)), () -> "cccccccc");
    assertThat(restored.request()).isEqualTo(NEW);
    restored.sent(OLD);
    restored.add(contents(3));
    restored.complete(3);
    assertThat(restored.hasDue()).isFalse();
    restored.sent(NEW);
    restored.add(contents(4));
    restored.complete(4);

    assertThat(restored.request()).isEmpty();
    assertThat(restored.awaitDue().version()).isEqualTo(new Version(NEW, 4));
    assertThat(restored.awaitDue().parent()).isEmpty();
    assertThat(paths(restored.awaitDue())).containsExactly("part 2", "part 3", "part 4");
  }

  @Test
  void whatStartsOverInAStoreWithoutItsParentGoesOnFromTheState() throws Exception {
    PublicationQueue restored = new PublicationQueue(publishedOnceAndCutTwice(), RUN);

    restored.startOver(NEW);

    PublisherState state = restored.state(List.of(), Map.of(), "");
    assertThat(state.incomplete()).isTrue();
    assertThat(state.published()).isEmpty();
    assertThat(state.unpublished())
        .containsExactly(contents(2).withoutModel()); // the offsets, and so on
  }

  @Test
  void anAbortedCheckpointIsNeverDue() throws Exception {
    PublicationQueue chain = joined();
    chain.add(contents(1));
    chain.abort(1);
    chain.complete(1);

    assertThat(chain.hasDue()).isFalse();
  }

  private static PublicationQueue joined() throws Exception {
    PublicationQueue chain = new PublicationQueue(OLD, RUN);
    chain.join(List.of(), DRAW);
    return chain;
  }

  /** Version 1 is out, checkpoint 2 is the state's own. */
  private static PublisherState publishedOnceAndCutTwice() {
    return new PublisherState(
        OLD, RUN, 2, Optional.of(new Version(OLD, 1)), List.of(contents(2)), false, List.of(), "");
  }

  private static List<String> paths(PublicationQueue.Due due) {
    return due.parts().stream().map(PublisherInput.Part::path).toList();
  }

  private static CheckpointContents withheld(CheckpointContents contents) {
    return new CheckpointContents(
        contents.checkpoint(),
        contents.parts(),
        contents.dense(),
        contents.metrics(),
        contents.offsets(),
        contents.eventTime(),
        true);
  }

  private static CheckpointContents contents(long checkpoint) {
    PublisherInput.Part part = new PublisherInput.Part("part " + checkpoint, 1, "", 1, 1, 0);
    CheckpointContents.Dense dense =
        new CheckpointContents.Dense(new float[0], 0, PublishedGauge.NONE);
    return new CheckpointContents(
        checkpoint, List.of(part), Optional.of(dense), Map.of(), Map.of(), 0);
  }
}
