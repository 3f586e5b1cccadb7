package io.freshet.join.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.History;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.PublishedHistory;
import io.freshet.feature.history.UserAction;
import io.freshet.join.JoinSettings;
import io.freshet.join.SentHistories;
import io.freshet.join.attribution.DeferredExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Test;

final class HistoryFillOperatorTest {
  private static final JoinSettings SETTINGS = JoinSettings.DEFAULT;

  @Test
  void anExampleWaitsForTheActionsBeforeItsImpression() throws Exception {
    try (HistoryHarness harness = start(Optional.empty(), histories("user"))) {
      harness.processElement1(deferred("i"), 5_000);
      harness.processElement2(
          new UserAction(HistoryHarness.userOf(histories("user"), deferred("i")), 3, 3_000, 77),
          3_000);
      assertThat(harness.extractOutputValues()).isEmpty();

      harness.processBothWatermarks(new Watermark(6_000));

      assertThat(harness.extractOutputValues())
          .singleElement()
          .satisfies(
              example -> {
                assertThat(sequence(example)).isEqualTo(Fids.of(3, 77));
                assertThat(example.task()).as("its place now").isEqualTo(HistoryHarness.TASK);
              });
    }
  }

  /** Whatever key they wait under. */
  @Test
  void examplesThatWaitAreLearnedWhereTheHistoryIsOfAnotherUserOrGone() throws Exception {
    OperatorSubtaskState state;
    try (HistoryHarness harness = start(Optional.empty(), histories("user"))) {
      for (int i = 0; i < 50; i++) {
        harness.processElement1(deferred("i" + i), 5_000);
      }
      state = harness.snapshot(1, 1);
    }
    for (Histories other : List.of(histories("item"), Histories.NONE.kept())) {
      List<LabeledExample> examples = new ArrayList<>();
      for (int subtask = 0; subtask < 3; subtask++) {
        try (HistoryHarness harness =
            HistoryHarness.of(SETTINGS, other, Optional.of(state), 1, 3, subtask)) {
          harness.processBothWatermarks(new Watermark(6_000));
          examples.addAll(harness.extractOutputValues());
        }
      }
      assertThat(examples)
          .extracting(LabeledExample::impressionId)
          .hasSize(50)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void whatChangesIsPublishedAndNothingElse() throws Exception {
    try (HistoryHarness harness = start(Optional.empty(), histories("user"))) {
      harness.processElement2(new UserAction(user(1), 3, 3_000, 77), 3_000);
      harness.processElement2(new UserAction(user(2), 3, 3_000, 78), 3_000);
      assertThat(harness.publishedAtBarrier())
          .extracting(PublishedHistory::id)
          .containsExactlyInAnyOrder(Fids.of(3, 1), Fids.of(3, 2));

      harness.processElement2(new UserAction(user(1), 3, 2_000, 79), 3_000);

      assertThat(harness.publishedAtBarrier())
          .singleElement()
          .satisfies(
              each -> {
                assertThat(each.id()).isEqualTo(Fids.of(3, 1));
                assertThat(each.actions().times()).containsExactly(2_000, 3_000);
                assertThat(each.actions().values()).containsExactly(79, 77);
              });
    }
  }

  @Test
  void historiesOfEarlierPassesAreNotPublished() throws Exception {
    try (HistoryHarness harness = start(Optional.empty(), histories("user"))) {
      harness.processElement2(new UserAction("2:" + user(1), 3, 3_000, 77), 3_000);

      assertThat(harness.publishedAtBarrier()).isEmpty();
    }
  }

  /** Of a release that did not publish, or of another model. */
  @Test
  void allArePublishedOnceWhereTheStateIsOfWhatHasNotPublishedThem() throws Exception {
    for (Optional<String> model : List.of(Optional.<String>empty(), Optional.of("another"))) {
      OperatorSubtaskState state;
      try (HistoryHarness harness = start(Optional.empty(), model)) {
        for (int user = 1; user <= 20; user++) {
          harness.processElement2(new UserAction(user(user), 3, 3_000, 77), 3_000);
        }
        harness.publishedAtBarrier();
        state = harness.snapshot(1, 1);
      }
      try (HistoryHarness harness = start(Optional.of(state), histories("user"))) {
        assertThat(harness.publishedAtBarrier()).hasSize(20);
        assertThat(harness.publishedAtBarrier()).isEmpty();
        state = harness.snapshot(2, 2);
      }
      try (HistoryHarness harness = start(Optional.of(state), histories("user"))) {
        assertThat(harness.publishedAtBarrier()).isEmpty();
      }
    }
  }

  @Test
  void allArePublishedAgainWhereThePublisherAsks() throws Exception {
    try (HistoryHarness harness = start(Optional.empty(), histories("user"))) {
      harness.processElement2(new UserAction(user(1), 3, 3_000, 77), 3_000);
      assertThat(harness.publishedAtBarrier()).hasSize(1);

      harness.request("0badcafe");

      assertThat(harness.publishedAtBarrier()).hasSize(1);
      assertThat(harness.getSideOutput(LabelStreams.SENT_HISTORIES))
          .extracting(StreamRecord::getValue)
          .containsExactly(new SentHistories("0badcafe", 0, 1));
      assertThat(harness.publishedAtBarrier()).isEmpty();
    }
  }

  private static String user(int value) {
    return Long.toHexString(Fids.of(1, value));
  }

  private static HistoryHarness start(Optional<OperatorSubtaskState> state, Optional<String> model)
      throws Exception {
    return HistoryHarness.of(SETTINGS, histories("user"), model, state, 1, 1, 0);
  }

  private static HistoryHarness start(Optional<OperatorSubtaskState> state, Histories histories)
      throws Exception {
    return HistoryHarness.of(SETTINGS, histories, state, 1, 1, 0);
  }

  /** An impression shown at 4 s and decided at 5 s, of a user and an item of its own. */
  private static DeferredExample deferred(String id) {
    long[] fids = {
      Fids.BIAS, Fids.of(1, id.hashCode()), Fids.of(2, id.hashCode() * 31L), Fids.missing(3)
    };
    Example example = new Example(1, fids, new float[] {1, 1, 1, 1});
    return new DeferredExample(4_000, new LabeledExample(id, 5_000, 1, 1, example));
  }

  private static long sequence(LabeledExample example) {
    return example.example().fids()[3];
  }

  private static Histories histories(String user) {
    return Histories.of(
        new FeatureSchema(
            List.of(
                new CategoricalField("user", 1),
                new CategoricalField("item", 2),
                new SequenceField("recent", 3, "item", 5, Pooling.MEAN)
                    .withHistory(new History(user, "item", List.of("click"), 86_400_000))),
            "user"));
  }
}
