package io.freshet.lab.chaos.fault;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.chaos.fault.Fault.Kind;
import io.freshet.lab.chaos.fault.Fault.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

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
          Kind.SAVEPOINT,
          Kind.RESCALE,
          Kind.RESCALE);

  public ChaosPlan {
    requireNonNull(backend, "backend");
    strikes = List.copyOf(strikes);
  }

  /** Draws a plan, with a parallelism from 1 to the number of slots. */
  public static ChaosPlan draw(long seed, Duration length, int taskManagers, int slots) {
    SplittableRandom random = new SplittableRandom(seed);
    String backend = random.nextBoolean() ? "rocksdb" : "hashmap";
    int start = Math.max(1, slots - random.nextInt(3));
    int parallelism = start;
    List<Fault> strikes = new ArrayList<>();
    double at = FIRST_SECONDS;
    while (at < length.toMillis() / 1e3) {
      Fault strike = strike(at, random, taskManagers, slots, parallelism);
      strikes.add(strike);
      parallelism = strike.kind() == Kind.RESCALE ? strike.target() : parallelism;
      at += Math.max(0.5, -MEAN_GAP_SECONDS * Math.log(1 - random.nextDouble()));
    }
    return new ChaosPlan(backend, start, strikes);
  }

  private static Fault strike(
      double seconds, SplittableRandom random, int taskManagers, int slots, int parallelism) {
    Kind kind = MIX.get(random.nextInt(MIX.size()));
    Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
    int other = 1 + random.nextInt(Math.max(1, slots - 1));
    int target =
        kind == Kind.RESCALE
            ? other + (other >= parallelism && slots > 1 ? 1 : 0) // another than the present one
            : random.nextInt(taskManagers);
    Duration pause = Duration.ofMillis(random.nextInt(5_000));
    return new Fault(
        Duration.ofMillis((long) (seconds * 1e3)),
        kind,
        kind.isSudden() ? moment : Moment.ANY,
        target,
        pause);
  }
}
