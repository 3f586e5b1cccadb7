package io.freshet.lab.bench.serving;

import static io.freshet.lab.stream.EventRecord.Topic.CLICKS;
import static io.freshet.lab.stream.EventRecord.Topic.IMPRESSIONS;

import io.freshet.lab.bench.loop.LiveLearner;
import io.freshet.lab.bench.measure.AdEvents;
import io.freshet.lab.stream.EventJson;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.KafkaEvents;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.http.ModelServer;
import io.freshet.serve.http.ServeSettings;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * How long a click takes from Kafka to a served score: broker, job, checkpoint, snapshot, follower,
 * HTTP.
 *
 * <p>The join is set for speed: its waits for order, for a bucket of timers and for the breaker's
 * test add up. A steady stream of impressions keeps the job busy. <em>Probes</em> are part of it:
 * an impression of a new user, and a second later its click. From then on {@link ProbeWatch}
 * requests that user's score until the version that answers has a row for the user, which only a
 * version that learned the click has.
 */
final class FreshnessBench {
  private static final Duration POLL = Duration.ofMillis(500); // the server's default
  private static final Duration TICK = Duration.ofMillis(5);
  private static final Duration CLICK_DELAY = Duration.ofSeconds(1);
  private static final double CLICKED = .03;
  private static final int WARM_UP_CHECKPOINTS = 3;
  private static final String USER = "c1";

  private final Duration interval;
  private final Duration length;
  private final int perSecond;
  private final int probesPerSecond;
  private final List<String> overrides;
  private final SplittableRandom random;
  private final AdEvents events;

  FreshnessBench(
      Duration interval,
      Duration length,
      int perSecond,
      int probesPerSecond,
      long seed,
      List<String> overrides) {
    this.overrides = List.copyOf(overrides);
    this.interval = interval;
    this.length = length;
    this.perSecond = perSecond;
    this.probesPerSecond = probesPerSecond;
    random = new SplittableRandom(seed);
    events = new AdEvents(0, seed);
  }

  FreshnessFigure run(Path directory) throws Exception {
    try (LiveLearner learner = LiveLearner.start(directory, yaml(), overrides);
        SnapshotFollower follower =
            new SnapshotFollower(new SnapshotStore(learner.snapshots()), InstantSource.system())) {
      follower.start(POLL);
      try (ModelServer server =
          new ModelServer(
              follower, Optional.empty(), ServeSettings.DEFAULT.withAddress("127.0.0.1", 0))) {
        server.start();
        ProbeWatch watch = new ProbeWatch(follower, server.address(), USER);
        watch.start();
        stream(learner, watch);
        watch.end();
        return watch.figure(interval);
      }
    }
  }

  /**
   * Sends impressions, clicks and probes at their times, until all probes that count are served:
   * without the stream, event time stops.
   */
  private void stream(LiveLearner learner, ProbeWatch watch) throws Exception {
    long start = System.nanoTime();
    Duration warmUp = interval.multipliedBy(WARM_UP_CHECKPOINTS);
    double probeAt = warmUp.toNanos();
    long counted = warmUp.plus(length).toNanos();
    long end = counted + interval.multipliedBy(4).plusSeconds(30).toNanos();
    try (KafkaEvents producer = learner.producer()) {
      ClickSchedule clicks = new ClickSchedule();
      long sent = 0;
      for (long now = 0;
          now < counted + CLICK_DELAY.toNanos() || now < end && watch.isOpen();
          now = System.nanoTime() - start) {
        for (; sent < now * perSecond / 1_000_000_000L; sent++) {
          String id = "stream-" + sent;
          producer.send(impression(id, events.features()));
          if (random.nextDouble() < CLICKED) {
            clicks.add(id, Optional.empty(), now + CLICK_DELAY.toNanos());
          }
        }
        for (; probeAt < Math.min(now, counted); probeAt += gap()) {
          String user = "probe-" + Math.round(probeAt);
          Map<String, Object> features = events.features();
          features.put(USER, user);
          producer.send(impression(user, features));
          clicks.add(user, Optional.of(features), now + CLICK_DELAY.toNanos());
        }
        for (var due = clicks.poll(now); due.isPresent(); due = clicks.poll(now)) {
          String id = due.get().id();
          due.get().probe().ifPresent(features -> watch.clicked(id, features));
          long time = System.currentTimeMillis();
          producer.send(new EventRecord(CLICKS, Optional.of(id), time, EventJson.click(id, time)));
        }
        learner.check();
        Thread.sleep(TICK.toMillis());
      }
    }
  }

  /** Nanoseconds from one probe to the next: they come at random. */
  private double gap() {
    return -Math.log(1 - random.nextDouble()) / probesPerSecond * 1e9;
  }

  private static EventRecord impression(String id, Map<String, Object> features)
      throws IOException {
    long time = System.currentTimeMillis();
    return new EventRecord(
        IMPRESSIONS, Optional.of(id), time, EventJson.impression(id, time, features));
  }

  private String yaml() {
    return """
    name: bench
    %sjoin:
      window: 10 s
      out-of-orderness: 200 ms
      timer-bucket: 100 ms
      warm-up: 0 s
      breaker: {window: 1 s}
    train: {user-field: %s}
    evaluate: {window: 2 s}
    checkpoint: {interval: %s ms}
    """
        .formatted(AdEvents.fields(), USER, interval.toMillis());
  }

  /** Clicks to come, by time. */
  private static final class ClickSchedule {
    private final Queue<Due> waiting = new ArrayDeque<>();

    /**
     * A click to come.
     *
     * @param probe the features of its impression, if that is a probe
     * @param at nanoseconds since the start
     */
    record Due(String id, Optional<Map<String, Object>> probe, long at) {}

    void add(String id, Optional<Map<String, Object>> probe, long at) {
      waiting.add(new Due(id, probe, at));
    }

    Optional<Due> poll(long now) {
      return Optional.ofNullable(waiting.peek())
          .filter(due -> due.at() <= now)
          .map(d -> waiting.poll());
    }
  }
}
