package io.freshet.lab.bench.measure;

import io.freshet.lab.stream.EventJson;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Impressions as JSON, at most one a millisecond of event time: 13 numbers and 26 names, drawn from
 * Zipf(1.05) over a million, except the first, one of many interleaved users, who hardly come twice
 * in a step. Two in a hundred are clicked, by {@link PlantedClicks}, two seconds later.
 */
public final class AdEvents {
  static final int NUMBERS = 13;
  static final int NAMES = 26;
  private static final long ROWS = 1_000_000;
  private static final int USERS = 100_000;
  private static final double SKEW = 1.05;
  private static final int DELAY = 2000; // milliseconds
  private static final int SPAN = 300_000; // the same: labels are emitted some 24 s behind

  private final SplittableRandom random;
  private final ZipfIds ids = new ZipfIds(ROWS / NAMES, SKEW);
  private final PlantedClicks clicks = new PlantedClicks(0.03);
  private final ArrayDeque<Integer> clicked = new ArrayDeque<>();
  private final long start;
  private final int gap;
  private int next;

  public AdEvents(long start, long seed) {
    this(start, 1, seed);
  }

  private AdEvents(long start, int gap, long seed) {
    this.start = start;
    this.gap = gap;
    random = new SplittableRandom(seed);
  }

  /**
   * Impressions of which the last has the given time. Few are farther apart: later events end
   * windows of 10 s, and nine tenths of the impressions are to be decided.
   */
  public static AdEvents until(long end, int impressions, long seed) {
    int gap = (SPAN + impressions - 1) / impressions;
    return new AdEvents(end - (long) gap * impressions, gap, seed);
  }

  /** The {@code features} of the learner's configuration. */
  public static String fields() {
    StringBuilder yaml = new StringBuilder("features:\n");
    for (int i = 1; i <= NAMES; i++) {
      yaml.append("  - {name: c").append(i).append(", kind: categorical}\n");
    }
    for (int i = 1; i <= NUMBERS; i++) {
      yaml.append("  - {name: n").append(i).append(", kind: numeric, transform: log}\n");
    }
    return yaml.toString();
  }

  /** The next impression, and the click that is due by then. */
  public List<EventRecord> next() {
    List<EventRecord> events = new ArrayList<>(2);
    long time = start + (long) gap * next;
    events.add(
        new EventRecord(
            Topic.IMPRESSIONS,
            Optional.of(id(next)),
            time,
            EventJson.impression(id(next), time, features())));
    if (!clicked.isEmpty() && clicked.peek() <= next - DELAY / gap) {
      String id = id(clicked.poll());
      events.add(new EventRecord(Topic.CLICKS, Optional.of(id), time, EventJson.click(id, time)));
    }
    if (clicks.draw(random)) {
      clicked.add(next);
    }
    next++;
    return events;
  }

  public Map<String, Object> features() {
    Map<String, Object> features = new LinkedHashMap<>();
    features.put("c1", Integer.toString(random.nextInt(USERS), 36));
    clicks.begin();
    for (int i = 2; i <= NAMES; i++) {
      long id = ids.draw(random);
      features.put("c" + i, Long.toString(id, 36));
      clicks.add(i, id);
    }
    for (int i = 1; i <= NUMBERS; i++) {
      features.put("n" + i, (double) random.nextInt(1000));
    }
    return features;
  }

  private static String id(int number) {
    return "impression-" + number;
  }
}
