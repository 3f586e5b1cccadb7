package io.freshet.lab.labels;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A simulated stream whose clicks are cut for a while and come all at once after it, or never; or
 * one with additional false clicks.
 *
 * @param arrivals events by the time at which they arrive
 * @param from when the outage begins, epoch milliseconds
 * @param to when it ends
 */
record OutageTraffic(LabelTraffic traffic, List<Arrival> arrivals, long from, long to) {

  /** Of the outage, by the time at which an impression is shown. */
  static final List<String> PHASES =
      List.of("30 min before", "during", "0-10 min after", "10-30 min after", "30-60 min after");

  private static final long MINUTE = 60_000;

  /** What becomes of clicks that are cut. */
  enum Fate {
    /** There is no outage, for comparison. */
    IN_TIME,
    LATE,
    LOST,
    /** All come, and each impression gets a false one a second after it is shown. */
    FLOOD
  }

  record Arrival(long time, Object event) {}

  /** Cuts the clicks of a stream for a length of time, so long after its first event. */
  static OutageTraffic of(LabelTraffic whole, Duration after, Duration length, Fate fate) {
    long from = LabelTraffic.time(whole.events().get(0)) + after.toMillis();
    long to = from + length.toMillis();
    List<Arrival> arrivals = new ArrayList<>();
    for (Object event : whole.events()) {
      long time = LabelTraffic.time(event);
      boolean during = time >= from && time < to;
      if (fate == Fate.FLOOD && during && event instanceof EncodedImpression shown) {
        Click click = new Click(shown.id(), time + 1000);
        arrivals.add(new Arrival(click.timestamp(), click));
      }
      boolean cuts = fate == Fate.LATE || fate == Fate.LOST;
      boolean cut = cuts && during && event instanceof Click;
      if (!cut || fate == Fate.LATE) {
        arrivals.add(new Arrival(cut ? to : time, event));
      }
    }
    arrivals.sort(Comparator.comparingLong(Arrival::time)); // stable
    return new OutageTraffic(whole, arrivals, from, to);
  }

  /** The phase of a time, -1 for none. */
  int phase(long time) {
    if (time < from) {
      return time >= from - 30 * MINUTE ? 0 : -1;
    }
    if (time < to) {
      return 1;
    }
    long after = (time - to) / MINUTE;
    if (after < 10) {
      return 2;
    }
    return after < 30 ? 3 : after < 60 ? 4 : -1;
  }
}
