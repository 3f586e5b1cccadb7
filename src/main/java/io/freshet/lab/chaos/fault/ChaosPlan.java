package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.chaos.fault.Fault.Kind;
import io.freshet.lab.chaos.fault.Fault.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What happens in a run and when: a function of the seed, the length and the cluster's size.
 *
 * <p>Faults come at exponential intervals, so some fall into the recovery from the one before;
 * kinds follow {@link #MIX}. The plan can be replayed; which record is under way when a process
 * dies cannot.
 */
public record ChaosPlan(String backend, int parallelism, List<Fault> strikes) {
  private static final double MEAN_GAP_SECONDS = 9;
  private static final double FIRST_SECONDS = 4;

  private static final List<Kind> MIX =
      List.of(
          Kind.KILL_TASK_MANAGER,
          Kind.KILL_TASK_MANAGER,
          Kind.KILL_TASK_MANAGER,
          Kind.KILL_TASK_MANAGER,
          Kind.KILL_TASK_MANAGER,
          Kind.KILL_JOB_MANAGER,
          Kind.KILL_JOB_MANAGER,
          Kind.KILL_BOTH,
          Kind.KILL_BROKER,
          Kind.STOP_BROKER,
          Kind.REFUSE_RESULTS,
          Kind.REFUSE_RESULTS,
          Kind.ADVANCE_CLOCK,
          Kind.ADVANCE_CLOCK,
          Kind.SAVEPOINT,
          Kind.RESCALE,
          Kind.RESCALE);

  /** Added where there is a disk that can be filled. */
  private static final List<Kind> OF_DISK = List.of(Kind.FULL_DISK, Kind.FULL_DISK);

  /** Added where it can be made slow, too. */
  private static final List<Kind> OF_SLOW_DISK = Collections.nCopies(4, Kind.SLOW_DISK);

  /** Added where the processes are on hosts of their own; half of all faults then. */
  private static final List<Kind> OF_NETWORK =
      Stream.of(
              Kind.CUT_TASK_MANAGERS, Kind.CUT_JOB_MANAGER, Kind.CUT_BROKER, Kind.MUTE_TASK_MANAGER)
          .flatMap(kind -> Collections.nCopies(4, kind).stream())
          .toList();

  private static final int LONGEST_PAUSE = 5_000; // milliseconds

  /** Of a partition and of a slow disk: longer than heartbeats are waited for. */
  private static final int LONGEST_LASTING = 40_000;

  private static final int MOST_MINUTES_AHEAD = 20;

  /** What some kinds of faults need. */
  public enum Means {
    /** A small one for all that is kept. */
    DISK,
    /** It can be made slow. */
    SLOW_DISK,
    /** The processes are on hosts of their own. */
    NETWORK
  }

  public ChaosPlan {
    requireNonNull(backend, "backend");
    strikes = List.copyOf(strikes);
  }

  /**
   * Draws a plan, with a parallelism from 1 to the number of slots.
   *
   * @param means what there is beyond processes that can be killed
   */
  public static ChaosPlan draw(
      long seed, Duration length, int taskManagers, int slots, Set<Means> means) {
    List<Kind> mix = new ArrayList<>(MIX);
    mix.addAll(means.contains(Means.DISK) ? OF_DISK : List.of());
    mix.addAll(means.contains(Means.SLOW_DISK) ? OF_SLOW_DISK : List.of());
    mix.addAll(means.contains(Means.NETWORK) ? OF_NETWORK : List.of());
    SplittableRandom random = new SplittableRandom(seed);
    String backend = random.nextBoolean() ? "rocksdb" : "hashmap";
    int start = Math.max(1, slots - random.nextInt(3));
    int parallelism = start;
    List<Fault> strikes = new ArrayList<>();
    double at = FIRST_SECONDS;
    while (at < length.toMillis() / 1e3) {
      Kind kind = mix.get(random.nextInt(mix.size()));
      Fault strike = strike(at, kind, random, taskManagers, slots, parallelism);
      strikes.add(strike);
      parallelism = strike.kind() == Kind.RESCALE ? strike.target() : parallelism;
      at += Math.max(0.5, -MEAN_GAP_SECONDS * Math.log(1 - random.nextDouble()));
    }
    return new ChaosPlan(backend, start, strikes);
  }

  private static Fault strike(
      double seconds,
      Kind kind,
      SplittableRandom random,
      int taskManagers,
      int slots,
      int parallelism) {
    Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
    int other = 1 + random.nextInt(Math.max(1, slots - 1));
    int target =
        switch (kind) {
          // another than the present one
          case RESCALE -> other + (other >= parallelism && slots > 1 ? 1 : 0);
          case ADVANCE_CLOCK -> 1 + random.nextInt(MOST_MINUTES_AHEAD);
          default -> random.nextInt(taskManagers);
        };
    int longest = kind.isPartition() || kind == Kind.SLOW_DISK ? LONGEST_LASTING : LONGEST_PAUSE;
    Duration pause = Duration.ofMillis(random.nextInt(longest));
    return new Fault(
        Duration.ofMillis((long) (seconds * 1e3)),
        kind,
        kind.isSudden() ? moment : Moment.ANY,
        target,
        pause);
  }
}
