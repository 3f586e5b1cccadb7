package io.freshet.join.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.LabeledExample;
import io.freshet.join.JoinSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same records as live traffic and as a backfill that reads the topics apart: the same labels,
 * bucket by bucket in the same order, but for clicks that live traffic found late.
 */
final class ReplayOperatorTest {
  private static final long BOUND = 30;
  private static final JoinSettings SETTINGS =
      JoinSettings.ofClicks(
          Duration.ofMillis(1000),
          Duration.ofMillis(BOUND),
          Duration.ofMinutes(1),
          Duration.ofMillis(10));

  private record Event(long arrives, String id, long time, boolean click) {}

  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 10), new Random().longs(5));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void backfillTellsWhatLiveTrafficToldInItsOrder(long seed) throws Exception {
    List<Event> events = traffic(seed, 0);

    assertThat(live(events)).isEqualTo(backfill(events)).hasSizeGreaterThan(50);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void onlyClicksThatCameTooLateLiveAreLabeledOtherwise(long seed) throws Exception {
    List<Event> events = traffic(seed, 20);
    Set<String> late = new TreeSet<>();
    for (Event event : events) {
      if (event.click() && event.arrives() > event.time() + BOUND) {
        late.add(event.id());
      }
    }

    Set<String> live = labels(live(events));
    Set<String> differing = labels(backfill(events));
    differing.removeAll(live);

    assertThat(differing).isNotEmpty();
    assertThat(differing).allSatisfy(label -> assertThat(late).contains(label.split("=")[0]));
  }

  /**
   * @param late clicks that arrive when their window is long over
   */
  private static List<Event> traffic(long seed, int late) {
    Random random = new Random(seed);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      long shown = 10L * i + random.nextInt(10);
      events.add(new Event(shown + random.nextLong(BOUND), "i" + i, shown, false));
      if (i < late || random.nextInt(3) == 0) {
        long clicked = shown + random.nextInt(900);
        long delay = i < late ? 2_000 : random.nextLong(BOUND);
        events.add(new Event(clicked + delay, "i" + i, clicked, true));
      }
    }
    events.sort(Comparator.comparingLong(Event::arrives));
    return events;
  }

  private static Map<Long, Set<String>> live(List<Event> events) throws Exception {
    try (JoinHarness join = JoinHarness.open(SETTINGS)) {
      for (Event event : events) {
        tell(join, event);
        join.watermarks(event.arrives() - BOUND - 1);
      }
      return emitted(join);
    }
  }

  /** All impressions are read before the first click, in steps of time. */
  private static Map<Long, Set<String>> backfill(List<Event> events) throws Exception {
    try (JoinHarness join = JoinHarness.open(SETTINGS)) {
      for (Event event : events) {
        if (!event.click()) {
          tell(join, event);
          join.processWatermark1(new Watermark(event.arrives() - BOUND - 1));
        }
      }
      long newest = 0;
      for (Event event : events) {
        if (event.click()) {
          tell(join, event);
          newest = Math.max(newest, event.time());
          join.processWatermark2(new Watermark(newest - 2_000)); // the late ones lie in order
          join.runMails();
        }
      }
      return emitted(join);
    }
  }

  private static void tell(JoinHarness join, Event event) throws Exception {
    if (event.click()) {
      join.click(event.id(), event.time());
    } else {
      join.impression(event.id(), event.time());
    }
  }

  /** Labels by the bucket in which they were told, which come in order. */
  private static Map<Long, Set<String>> emitted(JoinHarness join) throws Exception {
    join.watermarks(Long.MAX_VALUE);
    join.getOperator().finish();
    Map<Long, Set<String>> emitted = new TreeMap<>();
    long before = Long.MIN_VALUE;
    for (StreamRecord<? extends LabeledExample> record : join.getRecordOutput()) {
      LabeledExample example = record.getValue();
      long bucket = Math.floorDiv(example.time() + 9, 10);
      assertThat(bucket).isGreaterThanOrEqualTo(before);
      before = bucket;
      emitted
          .computeIfAbsent(bucket, any -> new TreeSet<>())
          .add(example.impressionId() + "=" + example.label());
    }
    return emitted;
  }

  private static Set<String> labels(Map<Long, Set<String>> emitted) {
    Set<String> labels = new TreeSet<>();
    emitted.values().forEach(labels::addAll);
    return labels;
  }
}
