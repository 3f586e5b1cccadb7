package io.freshet.join.operator;

import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.join.JoinSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random impressions, clicks and watermarks in an order of arrival, with the labels they must lead
 * to, found by looking at all arrivals of an id at once.
 *
 * <p>No click is timestamped before its impression. Each input has its own watermark, its largest
 * timestamp so far less the bound, sent on now and then.
 */
final class JoinTraffic {

  sealed interface Event {}

  record ImpressionEvent(String id, long timestamp) implements Event {}

  record ClickEvent(String id, long timestamp) implements Event {}

  record WatermarkEvent(int input, long timestamp) implements Event {}

  private record Arrival(long at, Event event) {}

  private final JoinSettings settings;
  private final Random random;
  private final boolean beyondBounds;

  private JoinTraffic(JoinSettings settings, long seed, boolean beyondBounds) {
    this.settings = settings;
    this.random = new Random(seed);
    this.beyondBounds = beyondBounds;
  }

  /** Nothing comes later than the bound. */
  static List<Event> withinBounds(JoinSettings settings, long seed) {
    return new JoinTraffic(settings, seed, false).events();
  }

  /** Some records come later than the bound, by up to several windows. */
  static List<Event> beyondBounds(JoinSettings settings, long seed) {
    return new JoinTraffic(settings, seed, true).events();
  }

  private List<Event> events() {
    long window = settings.window().toMillis();
    List<Arrival> impressions = new ArrayList<>();
    List<Arrival> clicks = new ArrayList<>();
    long skew = random.nextLong(-3 * window, 3 * window);
    for (int i = 0; i < 150; i++) {
      String id = "i" + i;
      long shown = random.nextLong(10 * window);
      for (int copies = random.nextInt(8) == 0 ? 0 : 1 + few(); copies > 0; copies--) {
        impressions.add(new Arrival(shown + delay(), new ImpressionEvent(id, shown)));
      }
      for (int n = random.nextInt(3); n > 0; n--) {
        long clicked = shown + random.nextLong(3 * window / 2);
        for (int copies = 1 + few(); copies > 0; copies--) {
          clicks.add(new Arrival(clicked + delay() + skew, new ClickEvent(id, clicked)));
        }
      }
    }
    List<Arrival> all = withWatermarks(impressions, 0);
    all.addAll(withWatermarks(clicks, 1));
    all.sort(Comparator.comparingLong(Arrival::at));
    List<Event> events = new ArrayList<>(all.stream().map(Arrival::event).toList());
    events.add(new WatermarkEvent(0, Long.MAX_VALUE));
    events.add(new WatermarkEvent(1, Long.MAX_VALUE));
    return events;
  }

  private int few() {
    return Math.max(0, random.nextInt(8) - 5);
  }

  private long delay() {
    long bound = settings.outOfOrderness().toMillis();
    boolean late = beyondBounds && random.nextInt(4) == 0;
    return random.nextLong(bound) + (late ? random.nextLong(4 * settings.window().toMillis()) : 0);
  }

  private List<Arrival> withWatermarks(List<Arrival> arrivals, int input) {
    arrivals.sort(Comparator.comparingLong(Arrival::at));
    List<Arrival> all = new ArrayList<>();
    long newest = Long.MIN_VALUE;
    for (Arrival arrival : arrivals) {
      all.add(arrival);
      newest = Math.max(newest, timestamp(arrival.event()));
      if (random.nextInt(3) == 0) {
        long mark = newest - settings.outOfOrderness().toMillis() - 1;
        all.add(new Arrival(arrival.at(), new WatermarkEvent(input, mark)));
      }
    }
    return all;
  }

  private static long timestamp(Event event) {
    return event instanceof ImpressionEvent impression
        ? impression.timestamp()
        : ((ClickEvent) event).timestamp();
  }

  /** What the learner is told of an impression, whatever the order and the times. */
  record Emitted(Kind kind, float label, boolean scored) {
    static Emitted of(LabeledExample example) {
      return new Emitted(example.kind(), example.label(), example.scored());
    }
  }

  /** All that is told of each impression, by id, and what its final label is. */
  static Expected expected(JoinSettings settings, List<Event> events) {
    Map<String, JoinOracle> oracles = new HashMap<>();
    long[] marks = {Long.MIN_VALUE, Long.MIN_VALUE};
    for (Event event : events) {
      long watermark = Math.min(marks[0], marks[1]);
      if (event instanceof WatermarkEvent mark) {
        marks[mark.input()] = mark.timestamp();
      } else if (event instanceof ImpressionEvent i) {
        oracles
            .computeIfAbsent(i.id(), id -> new JoinOracle(settings))
            .impression(i.timestamp(), watermark);
      } else if (event instanceof ClickEvent c) {
        oracles
            .computeIfAbsent(c.id(), id -> new JoinOracle(settings))
            .click(c.timestamp(), watermark);
      }
    }
    Expected expected = new Expected(new HashMap<>(), new HashMap<>());
    oracles.forEach(
        (id, oracle) -> {
          if (oracle.isLearned()) {
            expected.labels().put(id, oracle.label());
            expected.emitted().put(id, oracle.emitted(id));
          }
        });
    expected.emitted().values().removeIf(List::isEmpty);
    return expected;
  }

  /** Label and all that is told, by id. */
  record Expected(Map<String, Float> labels, Map<String, List<Emitted>> emitted) {}
}
