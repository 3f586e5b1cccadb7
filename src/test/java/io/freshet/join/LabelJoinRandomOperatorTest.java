package io.freshet.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.LabelledExample;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinTraffic.ClickEvent;
import io.freshet.join.JoinTraffic.Event;
import io.freshet.join.JoinTraffic.ImpressionEvent;
import io.freshet.join.JoinTraffic.WatermarkEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random orders of arrival, delays, duplicates and lateness against the oracle of {@link
 * JoinTraffic}. The seed stands in the name of each run.
 */
final class LabelJoinRandomOperatorTest {
  private static final JoinSettings SETTINGS =
      new JoinSettings(
          Duration.ofMillis(100),
          Duration.ofMillis(30),
          Duration.ofMinutes(1),
          Duration.ofMillis(7));
  private static final long MOST_DISORDER =
      SETTINGS.disorder().plus(SETTINGS.timerBucket()).toMillis();

  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 20), new Random().longs(20));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void labelsAreThoseOfTheOracle(long seed) throws Exception {
    List<Event> events = JoinTraffic.beyondBounds(SETTINGS, seed);

    Run run = new Run();
    run.all(events);

    assertThat(run.labels).isEqualTo(JoinTraffic.labels(SETTINGS, events));
    run.end();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void restartsAndRescalingChangeNothing(long seed) throws Exception {
    List<Event> events = JoinTraffic.withinBounds(SETTINGS, seed);
    TreeSet<Integer> cuts = new TreeSet<>();
    new Random(seed).ints(2, 1, events.size()).forEach(cuts::add);

    Run run = new Run();
    run.all(events.subList(0, cuts.first()));
    run.restart(2);
    run.all(events.subList(cuts.first(), cuts.last()));
    run.restart(1);
    run.all(events.subList(cuts.last(), events.size()));

    assertThat(run.labels).isEqualTo(JoinTraffic.labels(SETTINGS, events));
    run.end();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void nothingIsLearnedTwiceOrUncountedThroughARestart(long seed) throws Exception {
    List<Event> events = JoinTraffic.beyondBounds(SETTINGS, seed);
    int cut = new Random(seed).nextInt(events.size());

    Run run = new Run();
    run.all(events.subList(0, cut));
    run.restart(2);
    run.all(events.subList(cut, events.size()));

    run.end();
  }

  /** A join of one or more subtasks, and what came out of it. */
  private static final class Run {
    final Map<String, Float> labels = new HashMap<>();
    private final Set<String> clickedIds = new HashSet<>();
    private final Set<String> lateIds = new HashSet<>();
    private long lateClicks;
    private List<JoinHarness> subtasks = List.of(JoinHarness.open(SETTINGS));

    Run() throws Exception {}

    void all(List<Event> events) throws Exception {
      for (Event event : events) {
        if (event instanceof WatermarkEvent mark) {
          for (JoinHarness subtask : subtasks) {
            watermark(subtask, mark);
          }
        } else if (event instanceof ImpressionEvent impression) {
          subtask(impression.id()).impression(impression.id(), impression.timestamp());
        } else if (event instanceof ClickEvent click) {
          clickedIds.add(click.id());
          subtask(click.id()).click(click.id(), click.timestamp());
        }
      }
      subtasks.forEach(this::collect);
    }

    void restart(int parallelism) throws Exception {
      OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
      for (int i = 0; i < states.length; i++) {
        states[i] = subtasks.get(i).snapshot(1, 1);
        subtasks.get(i).close();
      }
      OperatorSubtaskState state = JoinHarness.repackageState(states);
      List<JoinHarness> restored = new ArrayList<>();
      for (int i = 0; i < parallelism; i++) {
        restored.add(JoinHarness.restore(SETTINGS, state, states.length, parallelism, i));
      }
      subtasks = restored;
    }

    /** Holds what must be true in the end, whatever came. */
    void end() {
      JoinCounts counts = new JoinCounts();
      for (JoinHarness subtask : subtasks) {
        counts.addAll(subtask.counts().toArray());
        assertThat(subtask.numKeyedStateEntries()).isZero();
        assertThat(subtask.numEventTimeTimers()).isZero();
        subtask.close();
      }
      assertThat(counts.waitingImpressions()).isZero();
      assertThat(counts.waitingClicks()).isZero();
      assertThat(counts.of(Count.POSITIVES) + counts.of(Count.NEGATIVES)).isEqualTo(labels.size());
      assertThat(counts.of(Count.LATE_CLICKS) + counts.of(Count.ORPHAN_CLICKS))
          .isEqualTo(lateClicks);
      clickedIds.removeIf(id -> labels.getOrDefault(id, 0f) == 1f);
      assertThat(lateIds).containsAll(clickedIds);
    }

    private void collect(JoinHarness subtask) {
      long watermark = Long.MIN_VALUE;
      long newest = 0;
      for (Object output : subtask.getOutput()) {
        if (output instanceof Watermark mark) {
          watermark = mark.getTimestamp();
        } else if (output instanceof StreamRecord<?> element) {
          LabelledExample example = (LabelledExample) element.getValue();
          assertThat(example.time()).isEqualTo(element.getTimestamp()).isGreaterThan(watermark);
          assertThat(example.time()).isGreaterThanOrEqualTo(newest - MOST_DISORDER);
          newest = Math.max(newest, example.time());
          assertThat(labels.put(example.impressionId(), example.label())).isNull();
        }
      }
      subtask.getOutput().clear();
      if (subtask.getSideOutput(JoinHarness.LATE) != null) {
        subtask
            .getSideOutput(JoinHarness.LATE)
            .forEach(e -> lateIds.add(e.getValue().impressionId()));
        lateClicks += subtask.getSideOutput(JoinHarness.LATE).size();
        subtask.getSideOutput(JoinHarness.LATE).clear();
      }
    }

    private JoinHarness subtask(String id) {
      return subtasks.get(
          KeyGroupRangeAssignment.assignKeyToParallelOperator(
              id, JoinHarness.MAX_PARALLELISM, subtasks.size()));
    }

    private static void watermark(JoinHarness subtask, WatermarkEvent mark) throws Exception {
      if (mark.input() == 0) {
        subtask.processWatermark1(new Watermark(mark.timestamp()));
      } else {
        subtask.processWatermark2(new Watermark(mark.timestamp()));
      }
    }
  }
}
