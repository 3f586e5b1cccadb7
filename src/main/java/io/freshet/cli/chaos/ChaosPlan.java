package io.freshet.cli.chaos;

import io.freshet.cli.chaos.Strike.Kind;
import io.freshet.cli.chaos.Strike.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What happens in a run and when: a function of the seed, the length and the cluster's size.
 *
 * <p>Strikes come at exponential distances, so some fall into the recovery from the one before. A
 * run has each kind of strike about as often as {@link #MIX} says. The plan replays; which record
 * is under way when a process dies does not.
 */
final class ChaosPlan {
  private static final double MEAN_GAP_SECONDS = 9;
  private static final double FIRST_SECONDS = 4;

  private static final List<Kind> MIX =
      List.of(
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
          Kind.SAVEPOINT,
          Kind.RESCALE,
          Kind.RESCALE);

  private ChaosPlan() {}

  /**
   * Draws a plan.
   *
   * @param slots parallelism is drawn from 1 to as many
   */
  static List<Strike> draw(long seed, Duration length, int taskManagers, int slots) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Strike> plan = new ArrayList<>();
    double at = FIRST_SECONDS;
    while (at < length.toMillis() / 1e3) {
      plan.add(strike(MIX.get(random.nextInt(MIX.size())), at, random, taskManagers, slots));
      at += Math.max(0.5, -MEAN_GAP_SECONDS * Math.log(1 - random.nextDouble()));
    }
    return plan;
  }

  private static Strike strike(
      Kind kind, double seconds, SplittableRandom random, int taskManagers, int slots) {
    Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
    int target = kind == Kind.RESCALE ? 1 + random.nextInt(slots) : random.nextInt(taskManagers);
    Duration pause = Duration.ofMillis(random.nextInt(5_000));
    return new Strike(Duration.ofMillis((long) (seconds * 1e3)), kind, moment, target, pause);
  }
}
