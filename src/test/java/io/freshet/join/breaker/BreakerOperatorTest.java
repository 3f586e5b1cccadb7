package io.freshet.join.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.LabeledExample;
import io.freshet.join.BreakerSettings;
import io.freshet.join.BreakerSettings.Action;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.JoinHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The join with a breaker, through an outage of the clicks from minute 20 to 30: two impressions a
 * second, half of them clicked after half a minute on average, a window of 5 minutes. Labels are
 * held against those of the traffic as it was meant.
 */
@SuppressWarnings("try") // harnesses are closed for their resources alone
final class BreakerOperatorTest {
  private static final long MINUTE = 60_000;
  private static final JoinSettings JOIN =
      JoinSettings.ofClicks(
          Duration.ofMinutes(5),
          Duration.ofSeconds(5),
          Duration.ofMinutes(1),
          Duration.ofSeconds(1));
  private static final BreakerSettings BREAKER =
      new BreakerSettings(
          true,
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          0.5,
          4,
          Duration.ofSeconds(10),
          Duration.ofMinutes(2),
          Duration.ofHours(1),
          Action.DEAD_LETTERS);

  /** What happens to the clicks of the outage. */
  private enum Outage {
    NONE,
    LATE,
    LOST
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "3,2", "4,2"})
  void clicksThatComeAfterAnOutageStillMakeTheirLabels(long seed, int parallelism)
      throws Exception {
    try (Run run = new Run(JOIN.withBreaker(BREAKER), seed, Outage.LATE)) {
      run.until(24);
      run.restart(parallelism);
      run.until(90);
      run.end();

      assertThat(run.falseNegatives()).isZero();
      assertThat(run.labels).hasSize(run.impressions());
    }
  }

  @Test
  void withoutABreakerTheyAreFalseNegatives() throws Exception {
    try (Run run = new Run(JOIN.withBreaker(BREAKER.disabled()), 1, Outage.LATE)) {
      run.until(90);
      run.end();

      assertThat(run.falseNegatives()).isGreaterThan(150);
    }
  }

  @ParameterizedTest
  @CsvSource({"5,1", "6,2"})
  void impressionsWhoseClicksAreLostAreNotLearned(long seed, int parallelism) throws Exception {
    try (Run run = new Run(JOIN.withBreaker(BREAKER), seed, Outage.LOST)) {
      run.until(27);
      run.restart(parallelism);
      run.until(90);
      run.end();

      assertThat(run.lost.size()).isBetween(1_000, 1_600);
      assertThat(run.labels).hasSize(run.impressions() - run.lost.size());
      assertThat(run.falseNegatives()).isLessThan(250); // of 600, as many as balance needs
      assertThat(run.counts(Count.LOST_EXAMPLES)).isEqualTo(run.lost.size());
    }
  }

  @Test
  void lostClicksAreLearnedAsNegativesWhereThatIsWanted() throws Exception {
    try (Run run = new Run(JOIN.withBreaker(BREAKER.with(Action.LEARN)), 7, Outage.LOST)) {
      run.until(90);
      run.end();

      assertThat(run.lost).isEmpty();
      assertThat(run.labels).hasSize(run.impressions());
    }
  }

  @Test
  void nothingIsPublishedWhileTheBreakerHolds() throws Exception {
    try (Run run = new Run(JOIN.withBreaker(BREAKER), 8, Outage.LATE)) {
      run.until(15);
      assertThat(run.holds()).isZero();

      run.until(26);
      assertThat(run.holds()).isEqualTo(1);

      run.until(40);
      assertThat(run.holds()).isZero();
    }
  }

  @Test
  void nothingIsPublishedWhileClicksAreSilent() throws Exception {
    try (Run run = new Run(JOIN.withBreaker(BREAKER), 9, Outage.NONE)) {
      run.until(10);
      run.subtasks.get(0).setProcessingTime(100_000);

      run.impressionsAlone(2);

      assertThat(run.holds()).isEqualTo(1);
      run.until(13);
      assertThat(run.holds()).isZero();
    }
  }

  /** Traffic through one or more subtasks, and what came out. */
  private static final class Run implements AutoCloseable {
    private record Event(long arrives, String id, long time, boolean click) {}

    final Map<String, Float> labels = new HashMap<>();
    final Set<String> lost = new HashSet<>();
    List<JoinHarness> subtasks;
    private final JoinSettings settings;
    private final List<Event> events = new ArrayList<>();
    private final Set<String> meant = new HashSet<>();
    private int emitted;
    private long minute;

    Run(JoinSettings settings, long seed, Outage outage) throws Exception {
      this.settings = settings;
      subtasks = List.of(JoinHarness.open(settings));
      Random random = new Random(seed);
      for (int i = 0; i < 120 * 60; i++) {
        long shown = i * 500L;
        events.add(new Event(shown, "i" + i, shown, false));
        long clicked = shown + (long) (-MINUTE / 2 * Math.log(1 - random.nextDouble()));
        boolean cut = outage != Outage.NONE && clicked >= 20 * MINUTE && clicked < 30 * MINUTE;
        if (random.nextBoolean() && clicked <= shown + 5 * MINUTE) {
          meant.add("i" + i);
          if (!cut || outage == Outage.LATE) {
            events.add(new Event(cut ? 30 * MINUTE : clicked, "i" + i, clicked, true));
          }
        }
      }
      events.sort(Comparator.comparingLong(Event::arrives));
    }

    int impressions() {
      return 120 * 60;
    }

    void until(long to) throws Exception {
      for (long now = minute * MINUTE; now < to * MINUTE; now += 1_000) {
        while (emitted < events.size() && events.get(emitted).arrives() < now) {
          tell(events.get(emitted++));
        }
        for (JoinHarness subtask : subtasks) {
          subtask.watermarks(now - 5_000);
          subtask.runMails();
        }
      }
      minute = to;
      subtasks.forEach(this::collect);
    }

    /** The clicks' topic is silent for so many minutes. */
    void impressionsAlone(long minutes) throws Exception {
      for (long now = minute * MINUTE; now < (minute + minutes) * MINUTE; now += 500) {
        String id = "silent" + now;
        subtask(id).impression(id, now);
      }
    }

    private void tell(Event event) throws Exception {
      if (event.click()) {
        subtask(event.id()).click(event.id(), event.time());
      } else {
        subtask(event.id()).impression(event.id(), event.time());
      }
    }

    void restart(int parallelism) throws Exception {
      OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
      for (int i = 0; i < states.length; i++) {
        collect(subtasks.get(i));
        states[i] = subtasks.get(i).snapshot(1, 1);
        subtasks.get(i).close();
      }
      OperatorSubtaskState state = JoinHarness.repackageState(states);
      List<JoinHarness> restored = new ArrayList<>();
      for (int i = 0; i < parallelism; i++) {
        restored.add(JoinHarness.restore(settings, state, states.length, parallelism, i));
      }
      subtasks = restored;
    }

    void end() throws Exception {
      while (emitted < events.size()) {
        tell(events.get(emitted++));
      }
      for (JoinHarness subtask : subtasks) {
        subtask.processBothWatermarks(Watermark.MAX_WATERMARK);
        subtask.getOperator().finish();
        collect(subtask);
        assertThat(subtask.numKeyedStateEntries()).isZero();
        assertThat(subtask.numEventTimeTimers()).isZero();
      }
    }

    long falseNegatives() {
      return labels.entrySet().stream()
          .filter(label -> label.getValue() == 0 && meant.contains(label.getKey()))
          .count();
    }

    long counts(Count count) {
      return subtasks.stream().mapToLong(subtask -> subtask.counts().of(count)).sum();
    }

    /** Subtasks that withhold the model of a barrier now. */
    long holds() throws Exception {
      long holds = 0;
      for (JoinHarness subtask : subtasks) {
        subtask.getOperator().prepareSnapshotPreBarrier(1);
        var said = subtask.getSideOutput(JoinHarness.HOLDS);
        holds += said == null ? 0 : said.size();
        if (said != null) {
          said.clear();
        }
      }
      return holds;
    }

    private void collect(JoinHarness subtask) {
      for (Object output : subtask.getOutput()) {
        if (output instanceof StreamRecord<?> element) {
          LabeledExample example = (LabeledExample) element.getValue();
          assertThat(labels.put(example.impressionId(), example.label())).isNull();
        }
      }
      subtask.getOutput().clear();
      var dropped = subtask.getSideOutput(JoinHarness.LOST);
      if (dropped != null) {
        dropped.forEach(e -> assertThat(lost.add(e.getValue().impressionId())).isTrue());
        dropped.clear();
      }
    }

    private JoinHarness subtask(String id) {
      return subtasks.get(
          KeyGroupRangeAssignment.assignKeyToParallelOperator(
              id, JoinHarness.MAX_PARALLELISM, subtasks.size()));
    }

    @Override
    public void close() {
      subtasks.forEach(JoinHarness::close);
    }
  }
}
