package io.freshet.join.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.Click;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.LateClicks;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.feature.example.LabeledExample;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.JoinTraffic.ClickEvent;
import io.freshet.join.operator.JoinTraffic.Emitted;
import io.freshet.join.operator.JoinTraffic.Event;
import io.freshet.join.operator.JoinTraffic.ImpressionEvent;
import io.freshet.join.operator.JoinTraffic.WatermarkEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random orders of arrival, delays, duplicates and lateness against {@link JoinOracle}, for every
 * policy. The seed stands in the name of each run.
 */
final class LabelJoinRandomOperatorTest {
  private static final JoinSettings SETTINGS =
      JoinSettings.ofClicks(
          Duration.ofMillis(100),
          Duration.ofMillis(30),
          Duration.ofMinutes(1),
          Duration.ofMillis(7));
  private static final long MOST_DISORDER = SETTINGS.timerBucket().toMillis();

  static Stream<Arguments> cases() {
    LongStream seeds = LongStream.concat(LongStream.range(0, 4), new Random().longs(4));
    List<LabelSettings> policies = policies();
    return seeds
        .boxed()
        .flatMap(seed -> policies.stream().map(labels -> Arguments.of(seed, settings(labels))));
  }

  private static List<LabelSettings> policies() {
    LabelSettings wait = LabelSettings.DEFAULT;
    LabelSettings corrected = wait.withLateClicks(LateClicks.CORRECT);
    LabelSettings weighted = LabelSettings.of(LabelPolicy.FAKE_NEGATIVE_WEIGHTED);
    LabelSettings calibrated = LabelSettings.of(LabelPolicy.FAKE_NEGATIVE_CALIBRATION);
    LabelSettings shortWait =
        LabelSettings.of(LabelPolicy.SHORT_WAIT).withShortWait(Duration.ofMillis(25));
    return List.of(
        wait,
        corrected.withNegatives(0.5, Sampling.LOG_ODDS),
        corrected.withNegatives(0.5, Sampling.WEIGHT),
        LabelSettings.of(LabelPolicy.FULL_WAIT).withLateClicks(LateClicks.CORRECT),
        weighted.withNegatives(0.5, Sampling.LOG_ODDS).withLateClicks(LateClicks.CORRECT),
        calibrated,
        shortWait,
        shortWait.withNegatives(0.5, Sampling.LOG_ODDS).withLateClicks(LateClicks.CORRECT));
  }

  private static JoinSettings settings(LabelSettings labels) {
    return SETTINGS.withWarmUp(Duration.ofMillis(400)).withLabels(labels).withScoredShare(0.5);
  }

  @ParameterizedTest(name = "seed {0}, {1}")
  @MethodSource("cases")
  void everythingToldIsWhatTheOracleSays(long seed, JoinSettings settings) throws Exception {
    List<Event> events = JoinTraffic.beyondBounds(settings, seed);

    Run run = new Run(settings);
    run.all(events);

    run.assertEmitted(JoinTraffic.expected(settings, events));
    run.end();
  }

  @ParameterizedTest(name = "seed {0}, {1}")
  @MethodSource("cases")
  void restartsAndRescalingChangeNothing(long seed, JoinSettings settings) throws Exception {
    List<Event> events = JoinTraffic.withinBounds(settings, seed);
    TreeSet<Integer> cuts = new TreeSet<>();
    new Random(seed).ints(2, 1, lastCut(events) + 1).forEach(cuts::add);

    Run run = new Run(settings);
    run.all(events.subList(0, cuts.first()));
    run.restart(2);
    run.all(events.subList(cuts.first(), cuts.last()));
    run.restart(1);
    run.all(events.subList(cuts.last(), events.size()));

    run.assertEmitted(JoinTraffic.expected(settings, events));
    run.end();
  }

  @ParameterizedTest(name = "seed {0}, {1}")
  @MethodSource("cases")
  void nothingIsLearnedTwiceOrUncountedThroughARestart(long seed, JoinSettings settings)
      throws Exception {
    List<Event> events = JoinTraffic.beyondBounds(settings, seed);
    int cut = new Random(seed).nextInt(lastCut(events) + 1);

    Run run = new Run(settings);
    run.all(events.subList(0, cut));
    run.restart(2);
    run.all(events.subList(cut, events.size()));

    run.end();
  }

  /** Both inputs end after it: an end is in no checkpoint, and is told once here. */
  private static int lastCut(List<Event> events) {
    return events.size() - 2;
  }

  @ParameterizedTest(name = "seed {0}, {1}")
  @MethodSource("cases")
  void theLocalJoinTellsTheSame(long seed, JoinSettings settings) {
    JoinSettings exact = settings.withTimerBucket(Duration.ofMillis(1));
    List<Event> events = JoinTraffic.beyondBounds(exact, seed);
    Learned learned = new Learned();
    LocalJoin join = new LocalJoin(exact, learned);
    long[] marks = {Long.MIN_VALUE, Long.MIN_VALUE};

    for (Event event : events) {
      if (event instanceof WatermarkEvent mark) {
        marks[mark.input()] = mark.timestamp();
        join.advanceTo(Math.min(marks[0], marks[1]));
      } else if (event instanceof ImpressionEvent impression) {
        join.impression(JoinHarness.encoded(impression.id(), impression.timestamp()));
      } else if (event instanceof ClickEvent click) {
        join.click(new Click(click.id(), click.timestamp()));
      }
    }

    learned.assertEmitted(JoinTraffic.expected(exact, events));
    assertThat(join.size()).isZero();
  }

  /** What came out, by impression id. */
  private static final class Learned implements JoinOutput {
    final Map<String, List<Emitted>> emitted = new HashMap<>();
    final Map<Long, Float> finalLabels = new HashMap<>();

    @Override
    public void example(LabeledExample example) {
      emitted
          .computeIfAbsent(example.impressionId(), id -> new ArrayList<>())
          .add(Emitted.of(example));
    }

    @Override
    public void lateClick(Click click) {}

    @Override
    public void finalLabel(FinalLabel label) {
      assertThat(finalLabels.put(label.key(), label.label())).isNull();
    }

    void assertEmitted(JoinTraffic.Expected expected) {
      emitted
          .values()
          .forEach(t -> t.sort(Comparator.comparing(Emitted::kind).thenComparing(Emitted::label)));
      assertThat(emitted).isEqualTo(expected.emitted());
      Map<Long, Float> scored = new HashMap<>();
      expected
          .labels()
          .forEach(
              (id, label) -> {
                if (ImpressionHash.isScored(id, 0.5)) {
                  scored.put(ImpressionHash.key(id), label);
                }
              });
      assertThat(finalLabels).isEqualTo(scored);
    }
  }

  /** A join of one or more subtasks, and what came out of it. */
  private static final class Run {
    private final JoinSettings settings;
    private final Learned learned = new Learned();
    private final Set<String> clickedIds = new HashSet<>();
    private final Set<String> lateIds = new HashSet<>();
    private long lateClicks;
    private List<JoinHarness> subtasks;

    Run(JoinSettings settings) throws Exception {
      this.settings = settings;
      subtasks = List.of(JoinHarness.open(settings));
    }

    void assertEmitted(JoinTraffic.Expected expected) {
      learned.assertEmitted(expected);
    }

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
        restored.add(JoinHarness.restore(settings, state, states.length, parallelism, i));
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
      long scored = learned.finalLabels.size();
      long positives = learned.finalLabels.values().stream().filter(label -> label == 1).count();
      assertThat(counts.of(Count.POSITIVES) + counts.of(Count.NEGATIVES)).isGreaterThan(scored);
      assertThat(counts.of(Count.POSITIVES)).isGreaterThanOrEqualTo(positives);
      assertThat(counts.of(Count.JOINED_CLICKS)).isEqualTo(counts.of(Count.POSITIVES));
      assertThat(counts.of(Count.LATE_CLICKS) + counts.of(Count.ORPHAN_CLICKS))
          .isEqualTo(lateClicks);
      clickedIds.removeIf(
          id -> learned.emitted.getOrDefault(id, List.of()).stream().anyMatch(t -> t.label() == 1));
      assertThat(lateIds).containsAll(clickedIds);
    }

    private void collect(JoinHarness subtask) {
      long watermark = Long.MIN_VALUE;
      long newest = 0;
      for (Object output : subtask.getOutput()) {
        if (output instanceof Watermark mark) {
          watermark = mark.getTimestamp();
        } else if (output instanceof StreamRecord<?> element) {
          LabeledExample example = (LabeledExample) element.getValue();
          assertThat(example.time()).isEqualTo(element.getTimestamp()).isGreaterThan(watermark);
          assertThat(example.time()).isGreaterThanOrEqualTo(newest - MOST_DISORDER);
          newest = Math.max(newest, example.time());
          learned.example(example);
        }
      }
      subtask.getOutput().clear();
      if (subtask.getSideOutput(JoinHarness.FINAL) != null) {
        subtask.getSideOutput(JoinHarness.FINAL).forEach(e -> learned.finalLabel(e.getValue()));
        subtask.getSideOutput(JoinHarness.FINAL).clear();
      }
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
