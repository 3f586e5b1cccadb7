package io.freshet.lab.simulate;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import io.freshet.lab.stream.EventJson;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The records of a simulated ad stream, in the order of their arrival.
 *
 * <p>An impression is clicked with its true probability. Both records arrive at their event time or
 * a little later, some of them twice, and bad records come between. A record is emitted once
 * nothing that happens later can arrive before it. {@link Oracle} gets each impression with the
 * label that a learner sees: a click that comes too late is none.
 *
 * <p>The stream is a function of its settings. Iteration is for one thread; {@link #oracle} and
 * {@link #counts} are for any.
 */
public final class AdStream implements Iterator<EventRecord> {
  private final SimulatorSettings settings;
  private final AdTruth truth;
  private final AdTraffic traffic;
  private final Arrivals arrivals;
  private final ClickDelay delay;
  private final RandomGenerator random;
  private final Oracle oracle;
  private final Witness witness;
  private final StreamCounts.Live tally = new StreamCounts.Live();

  /** Receives the truth of each impression as it happens. */
  @FunctionalInterface
  public interface Witness {
    /**
     * @param time at which it is shown, epoch milliseconds
     * @param probability of a click within the window
     * @param clicked whether one comes
     */
    void decided(String id, long time, double probability, boolean clicked);
  }

  /** A stream with an oracle for whole minutes of event time. */
  public AdStream(SimulatorSettings settings) {
    this(settings, new Oracle(Duration.ofMinutes(1)));
  }

  public AdStream(SimulatorSettings settings, Oracle oracle) {
    this(settings, oracle, (id, time, probability, clicked) -> {});
  }

  public AdStream(SimulatorSettings settings, Oracle oracle, Witness witness) {
    this.witness = requireNonNull(witness, "witness");
    this.settings = requireNonNull(settings, "settings");
    this.oracle = requireNonNull(oracle, "oracle");
    SplittableRandom seeds = new SplittableRandom(settings.seed());
    truth = new AdTruth(settings.truth(), settings.start().toEpochMilli(), seeds.split());
    traffic = new AdTraffic(settings.truth(), truth.items(), seeds.split());
    arrivals = new Arrivals(settings.disorder(), seeds.split());
    delay = new ClickDelay(settings.disorder());
    random = seeds.split();
  }

  /** The best that a learner of this stream can reach. */
  public Oracle oracle() {
    return oracle;
  }

  /** What has happened so far; arrivals may be a little behind. */
  public StreamCounts counts() {
    return tally.counts();
  }

  @Override
  public boolean hasNext() {
    return happening() || !arrivals.isEmpty();
  }

  @Override
  public EventRecord next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the stream ended after " + tally.counts());
    }
    while (happening() && !arrivals.nextBefore(earliest(tally.impressions()))) {
      happen();
    }
    return arrivals.next();
  }

  private boolean happening() {
    return tally.impressions() < settings.impressions();
  }

  /** The n-th impression does not happen before this. */
  private long earliest(long n) {
    return settings.start().toEpochMilli() + (long) (n * 1000 / settings.perSecond());
  }

  private void happen() {
    long n = tally.impressions();
    long time = earliest(n) + (long) (random.nextDouble() * (earliest(n + 1) - earliest(n)));
    ShownItem showing = traffic.next(time);
    String id = Long.toHexString(settings.seed()) + "-" + n;
    byte[] json = EventJson.impression(id, time, showing.features());
    send(showing, Topic.IMPRESSIONS, time, json);
    tally.impression();
    decide(id, showing);
    makeBad(id, showing);
  }

  private void decide(String id, ShownItem showing) {
    Disorder disorder = settings.disorder();
    double clicks = truth.probability(showing);
    boolean clicked = random.nextDouble() < clicks;
    boolean late = clicked && random.nextDouble() < disorder.lateClicks();
    long decided = showing.time() + disorder.window().toMillis();
    if (clicked) {
      long at = showing.time() + (late ? delay.tooLate(random) : delay.inTime(random));
      send(showing, Topic.CLICKS, at, EventJson.click(id, at));
      tally.click(late);
      decided = late ? decided : at;
    }
    double inTime = clicks * (1 - disorder.lateClicks());
    oracle.add(decided, inTime, clicked && !late);
    witness.decided(id, showing.time(), inTime, clicked && !late);
  }

  private void makeBad(String id, ShownItem showing) {
    if (random.nextDouble() >= settings.disorder().malformed()) {
      return;
    }
    Malformation[] kinds = Malformation.values();
    Malformation kind = kinds[random.nextInt(kinds.length)];
    Topic topic = random.nextInt(4) == 0 ? Topic.CLICKS : Topic.IMPRESSIONS;
    long time = showing.time();
    arrivals.send(record(showing, topic, time, kind.bytes(topic, id + "-bad", time)));
    tally.malformed();
  }

  private void send(ShownItem showing, Topic topic, long time, byte[] json) {
    EventRecord record = record(showing, topic, time, json);
    arrivals.send(record);
    if (random.nextDouble() < settings.disorder().duplicates()) {
      arrivals.send(record);
      tally.duplicate();
    }
  }

  private static EventRecord record(ShownItem showing, Topic topic, long time, byte[] json) {
    return new EventRecord(topic, Optional.of(showing.userName()), time, json);
  }
}
