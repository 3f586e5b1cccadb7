package io.freshet.join.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.event.Decoded;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.Fids;
import io.freshet.feature.ValueHash;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.history.ActionHistory;
import io.freshet.feature.history.Histories;
import io.freshet.feature.history.PublishedHistory;
import io.freshet.feature.history.UserAction;
import io.freshet.join.JoinSettings;
import io.freshet.join.attribution.DeferredExample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The sequences of random traffic against a list of all clicks: joins and fills of several
 * subtasks, whose records overtake each other as they may on a network, restored and rescaled
 * half-way, after a failure. So is what a server fills from the histories of a version.
 */
final class HistoryFillRandomOperatorTest {
  private static final int WINDOW = 400;
  private static final int DISORDER = 60;
  private static final int LENGTH = 3;
  private static final int EXPIRE_AFTER = 60_000;
  private static final int JOINS = 2;
  private static final int IMPRESSIONS = 1500;

  /** What happened. */
  private record Shown(String id, String user, String item, long time, long clicked) {
    boolean isClicked() {
      return clicked >= 0;
    }

    long acted() {
      return Math.max(clicked, time);
    }
  }

  private record Arrival(long at, Shown shown, boolean isClick) {}

  private static final int FAILURE_AFTER = 150; // arrivals since the checkpoint

  private final List<LabeledExample> examples = new ArrayList<>();
  private final Map<Long, ActionHistory> published = new HashMap<>(); // as of the last barrier

  private LearnerConfig config;
  private JoinSettings settings;
  private Histories histories;
  private Random random;
  private List<JoinHarness> joins;
  private List<HistoryHarness> fills;
  private List<Channel> channels;

  /** What one join has sent to one input of the fills. */
  private static final class Channel {
    private final Deque<Object> sent = new ArrayDeque<>();
    private long watermark = Long.MIN_VALUE;
  }

  /**
   * A checkpoint.
   *
   * @param examples how many had been sent
   * @param published of its version
   */
  private record Cut(
      List<OperatorSubtaskState> joined,
      List<OperatorSubtaskState> filled,
      int examples,
      Map<Long, ActionHistory> published) {}

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void sequencesAreThoseOfTheOracle(int seed) throws Exception {
    random = new Random(seed);
    String policy =
        List.of("wait", "full-wait", "fake-negative-weighted", "short-wait").get(seed % 4);
    config = config(policy, seed % 2 == 0);
    settings = config.join().withBreaker(config.join().breaker().disabled());
    histories = Histories.of(config.features());
    List<Shown> all = traffic();
    start(Optional.empty(), List.of(), 0, 2);

    List<Arrival> arrivals = arrivals(all);
    int half = arrivals.size() / 2;
    Cut cut = null;
    for (int i = 0; i < arrivals.size(); i++) {
      arrive(arrivals.get(i));
      if (i % 300 == 299) {
        publish();
        assertServed(arrivals.subList(0, i + 1), seed);
      }
      if (i == half && cut == null) {
        cut = checkpoint();
      } else if (i == half + FAILURE_AFTER && cut != null) {
        publish(); // by a checkpoint that is never complete
        restore(cut, 1 + random.nextInt(3));
        cut = null;
        i = half;
        half = -1;
      }
    }
    publish();
    assertServed(arrivals, seed);
    for (int join = 0; join < JOINS; join++) {
      advance(join, all.get(all.size() - 1).time + 100 * EXPIRE_AFTER);
    }
    drain(Integer.MAX_VALUE);

    Map<String, Shown> byId = new HashMap<>();
    all.forEach(shown -> byId.put(shown.id, shown));
    assertThat(examples).as("seed %s", seed).hasSizeGreaterThanOrEqualTo(IMPRESSIONS);
    assertThat(examples)
        .allSatisfy(
            example ->
                assertThat(sequence(example))
                    .as("seed %s, %s of %s", seed, example.kind(), byId.get(example.impressionId()))
                    .containsExactly(oracle(all, byId.get(example.impressionId()))));
    assertThat(fills).as("seed %s", seed).allSatisfy(fill -> assertThat(fill.users()).isZero());
    publish();
    assertThat(published).as("seed %s", seed).isEmpty();
  }

  /** Applies what is published at a barrier, as who reads versions does. */
  private void publish() throws Exception {
    drain(Integer.MAX_VALUE); // barriers wait for each other
    for (HistoryHarness fill : fills) {
      for (PublishedHistory each : fill.publishedAtBarrier()) {
        if (each.actions().size() == 0) {
          published.remove(each.id());
        } else {
          published.put(each.id(), each.actions());
        }
      }
    }
  }

  /** Checks what a server fills for each user, now and when some of it is too old. */
  private void assertServed(List<Arrival> arrived, int seed) {
    Set<Shown> impressions = new HashSet<>();
    Set<Shown> clicks = new HashSet<>();
    arrived.forEach(a -> (a.isClick ? clicks : impressions).add(a.shown));
    clicks.retainAll(impressions);
    List<Shown> acted = List.copyOf(clicks);
    long now = acted.stream().mapToLong(Shown::acted).max().orElse(0) + 1;
    for (int user = 0; user < 7; user++) {
      for (long time : new long[] {now, now + EXPIRE_AFTER / 2}) {
        Shown asked = new Shown("asked", user == 6 ? "" : "u" + user, "m1", time, -1);
        Example example = histories.served(encoded(asked).example(), time, published::get);
        assertThat(sequence(example))
            .as("seed %s, served to %s", seed, asked)
            .containsExactly(oracle(acted, asked));
      }
    }
  }

  /**
   * The items of the last clicks before the impression, newest first; those of one time by their
   * hash.
   */
  private static long[] oracle(List<Shown> all, Shown of) {
    long[] values =
        all.stream()
            .filter(s -> s.isClicked() && s.user.equals(of.user) && !s.user.isEmpty())
            .filter(s -> s.clicked <= s.time + WINDOW)
            .filter(s -> s.acted() < of.time && s.acted() >= of.time - EXPIRE_AFTER)
            .sorted(
                Comparator.comparingLong(Shown::acted)
                    .thenComparingLong(s -> Fids.of(0, ValueHash.of(s.item)))
                    .reversed())
            .limit(LENGTH)
            .mapToLong(s -> Fids.of(3, ValueHash.of(s.item)))
            .toArray();
    return values.length == 0 ? new long[] {Fids.missing(3)} : values;
  }

  private static long[] sequence(LabeledExample example) {
    return sequence(example.example());
  }

  private static long[] sequence(Example example) {
    return Arrays.stream(example.fids()).filter(fid -> Fids.field(fid) == 3).toArray();
  }

  private List<Shown> traffic() {
    List<Shown> all = new ArrayList<>();
    long time = 1_000_000;
    for (int i = 0; i < IMPRESSIONS; i++) {
      time += random.nextInt(random.nextInt(50) == 0 ? 20_000 : 20);
      String user = random.nextInt(20) == 0 ? "" : "u" + random.nextInt(6);
      long delay = random.nextInt(4) == 0 ? 2 * WINDOW : WINDOW;
      long clicked = random.nextInt(3) == 0 ? time - 5 + random.nextInt((int) delay) : -1;
      all.add(new Shown("i" + i, user, "m" + random.nextInt(9), time, clicked));
    }
    return all;
  }

  /** Events in the order in which they come; some clicks twice. */
  private List<Arrival> arrivals(List<Shown> all) {
    List<Arrival> arrivals = new ArrayList<>();
    for (Shown shown : all) {
      arrivals.add(new Arrival(shown.time + random.nextInt(DISORDER), shown, false));
      for (int n = shown.isClicked() ? 1 + random.nextInt(2) : 0; n > 0; n--) {
        arrivals.add(new Arrival(shown.clicked + random.nextInt(DISORDER), shown, true));
      }
    }
    arrivals.sort(Comparator.comparingLong(Arrival::at));
    return arrivals;
  }

  private void arrive(Arrival arrival) throws Exception {
    Shown shown = arrival.shown;
    int join = subtask(shown.id, JOINS);
    if (arrival.isClick) {
      joins.get(join).processElement2(new Click(shown.id, shown.clicked), shown.clicked);
    } else {
      joins.get(join).processElement1(encoded(shown), shown.time);
    }
    send(join);
    if (random.nextInt(5) == 0) {
      advance(random.nextInt(JOINS), arrival.at - DISORDER);
    }
    if (random.nextInt(20) == 0) {
      drain(random.nextInt(60));
    }
  }

  private EncodedImpression encoded(Shown shown) {
    ExampleEncoder encoder = new ExampleEncoder(config.features());
    Map<String, Object> features = new HashMap<>(Map.of("item", shown.item));
    if (!shown.user.isEmpty()) {
      features.put("user", shown.user);
    }
    FeatureValues values = FeatureValues.of(encoder.names(), features);
    return Decoded.good(encoder.encode(new Impression(shown.id, shown.time, 1, values)));
  }

  private void advance(int join, long time) throws Exception {
    joins.get(join).watermarks(time);
    joins.get(join).runMails();
    send(join);
  }

  /** Puts on the channels what a join has emitted: a call emits records and then a watermark. */
  private void send(int join) {
    take(joins.get(join).getSideOutput(LabelStreams.UNFILLED), channels.get(2 * join).sent::add);
    take(joins.get(join).getSideOutput(LabelStreams.ACTIONS), channels.get(2 * join + 1).sent::add);
    Queue<Object> output = joins.get(join).getOutput();
    for (Object each = output.poll(); each != null; each = output.poll()) {
      if (each instanceof Watermark) {
        channels.get(2 * join).sent.add(each);
        channels.get(2 * join + 1).sent.add(each);
      }
    }
  }

  private static <T> void take(Queue<StreamRecord<T>> queue, Consumer<Object> to) {
    for (var each = queue == null ? null : queue.poll(); each != null; each = queue.poll()) {
      to.accept(each.getValue());
    }
  }

  /** Takes what some channels hold. */
  private void drain(int most) throws Exception {
    for (int n = 0; n < most; n++) {
      List<Integer> full = new ArrayList<>();
      for (int i = 0; i < channels.size(); i++) {
        if (!channels.get(i).sent.isEmpty()) {
          full.add(i);
        }
      }
      if (full.isEmpty()) {
        return;
      }
      receive(full.get(random.nextInt(full.size())));
    }
  }

  private void receive(int channel) throws Exception {
    Object next = channels.get(channel).sent.poll();
    if (next instanceof DeferredExample deferred) {
      String user = HistoryHarness.userOf(histories, deferred);
      fills.get(subtask(user, fills.size())).processElement1(deferred, deferred.example().time());
    } else if (next instanceof UserAction action) {
      fills.get(subtask(action.user(), fills.size())).processElement2(action, action.time());
    } else {
      channels.get(channel).watermark = ((Watermark) next).getTimestamp();
      int input = channel % 2;
      long least = Math.min(channels.get(input).watermark, channels.get(2 + input).watermark);
      for (HistoryHarness fill : fills) {
        if (input == 0) {
          fill.processWatermark1(new Watermark(least));
        } else {
          fill.processWatermark2(new Watermark(least));
        }
        fill.runMails();
      }
    }
    collect();
  }

  private void collect() {
    for (HistoryHarness fill : fills) {
      long watermark = Long.MIN_VALUE;
      for (Object each : fill.getOutput()) {
        if (each instanceof Watermark mark) {
          watermark = mark.getTimestamp();
        } else {
          LabeledExample example = (LabeledExample) ((StreamRecord<?>) each).getValue();
          assertThat(example.time()).isGreaterThan(watermark);
          examples.add(example);
        }
      }
      fill.getOutput().clear();
    }
  }

  private void start(
      Optional<OperatorSubtaskState> filled,
      List<OperatorSubtaskState> joined,
      int before,
      int parallelism)
      throws Exception {
    joins = new ArrayList<>();
    fills = new ArrayList<>();
    channels = new ArrayList<>();
    for (int i = 0; i < JOINS; i++) {
      var state =
          joined.isEmpty() ? Optional.<OperatorSubtaskState>empty() : Optional.of(joined.get(i));
      joins.add(JoinHarness.of(settings, histories, state, JOINS, i));
      channels.add(new Channel());
      channels.add(new Channel());
    }
    for (int i = 0; i < parallelism; i++) {
      fills.add(HistoryHarness.of(settings, histories, filled, before, parallelism, i));
    }
  }

  private Cut checkpoint() throws Exception {
    publish();
    List<OperatorSubtaskState> joined = new ArrayList<>();
    List<OperatorSubtaskState> filled = new ArrayList<>();
    for (JoinHarness join : joins) {
      joined.add(join.snapshot(1, 1));
    }
    for (HistoryHarness fill : fills) {
      filled.add(fill.snapshot(1, 1));
    }
    return new Cut(joined, filled, examples.size(), Map.copyOf(published));
  }

  /** Goes back to a checkpoint and its version. */
  private void restore(Cut cut, int parallelism) throws Exception {
    joins.forEach(JoinHarness::close);
    fills.forEach(HistoryHarness::close);
    examples.subList(cut.examples, examples.size()).clear();
    published.clear();
    published.putAll(cut.published);
    OperatorSubtaskState all =
        AbstractStreamOperatorTestHarness.repackageState(
            cut.filled.toArray(OperatorSubtaskState[]::new));
    start(Optional.of(all), cut.joined, cut.filled.size(), parallelism);
  }

  private static int subtask(String key, int parallelism) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
        key, HistoryHarness.MAX_PARALLELISM, parallelism);
  }

  private static LearnerConfig config(String policy, boolean corrects) {
    return LearnerConfig.parse(
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        features:
          - {name: user, kind: categorical}
          - {name: item, kind: categorical}
          - {name: recent, kind: sequence, of: item, length: %s, history: {expire-after: 1 min}}
        join:
          window: %s ms
          out-of-orderness: %s ms
          timer-bucket: 10 ms
          late-clicks: %s
          policy: %s
          short-wait: 100 ms
        """
            .formatted(LENGTH, WINDOW, DISORDER, corrects ? "correct" : "drop", policy),
        "learner.yaml",
        List.of());
  }
}
