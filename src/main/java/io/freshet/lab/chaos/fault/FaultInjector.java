package io.freshet.lab.chaos.fault;

import io.freshet.lab.chaos.fault.Fault.Kind;
import io.freshet.lab.chaos.fault.Fault.Moment;
import io.freshet.lab.chaos.fault.Recovery.Outage;
import io.freshet.lab.cluster.FlinkCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Executes a plan, one fault after the other. */
public final class FaultInjector {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final FaultTargets targets;
  private final FlinkCluster cluster;
  private final ChaosJob job;
  private final FaultPlan aim;
  private final RecoveryWatch watch;
  private final Consumer<String> log;
  private final List<InjectedFault> struck = new ArrayList<>();

  public FaultInjector(
      FaultTargets targets, FaultPlan aim, RecoveryWatch watch, Consumer<String> log) {
    this.targets = targets;
    this.cluster = targets.cluster();
    this.job = targets.job();
    this.aim = aim;
    this.watch = watch;
    this.log = log;
  }

  /** The faults that were done, without savepoints and rescales that a recovery prevented. */
  public List<InjectedFault> struck() {
    return List.copyOf(struck);
  }

  public void run(List<Fault> plan) throws Exception {
    long start = System.nanoTime();
    for (Fault strike : plan) {
      long wait = start + strike.at().toNanos() - System.nanoTime();
      if (wait > 0) {
        Thread.sleep(wait / 1_000_000);
      }
      log.accept(strike.toString());
      if (strike.kind().isFailure()) {
        fail(strike);
      } else if (strike.kind() == Kind.ADVANCE_CLOCK) {
        targets.clocks().advance(Duration.ofMinutes(strike.target()));
        struck.add(InjectedFault.at(strike.kind(), Moment.ANY));
      } else {
        intervene(strike);
      }
    }
  }

  private void fail(Fault strike) throws Exception {
    if (strike.moment() == Moment.RECOVERING) {
      beginRecovery(strike);
    }
    OptionalInt held =
        strike.moment() == Moment.ANY
            ? OptionalInt.empty()
            : aim.hold(strike.moment(), strike.target());
    Moment met = held.isPresent() ? strike.moment() : Moment.ANY;
    if (met != strike.moment()) {
      log.accept("the moment did not come");
    }
    int taskManager = held.isPresent() ? held.getAsInt() : aim.training(strike.target());
    end(strike.kind(), taskManager);
    if (held.isPresent()) {
      cluster.taskManager(taskManager).thaw();
    }
    struck.add(new InjectedFault(strike.kind(), strike.moment(), met));
    Thread.sleep(strike.pause().toMillis());
    startAgain(strike.kind(), taskManager);
  }

  /** Kills a task manager, which comes back at once, so that the job recovers. */
  private void beginRecovery(Fault strike) throws Exception {
    int first = aim.training(strike.neighbor(cluster.taskManagers()));
    end(Kind.KILL_TASK_MANAGER, first);
    struck.add(InjectedFault.at(Kind.KILL_TASK_MANAGER, Moment.ANY));
    startAgain(Kind.KILL_TASK_MANAGER, first);
  }

  private void end(Kind kind, int taskManager) throws IOException, InterruptedException {
    if (kind.endsJobManager()) {
      watch.killed(Outage.JOB_MANAGER);
      cluster.jobManager().kill();
    } else if (kind.endsTaskManager() && aim.isNeeded(taskManager)) {
      int slotsLeft = (cluster.taskManagers() - 1) * ChaosSettings.SLOTS;
      watch.killed(
          job.parallelism() > slotsLeft ? Outage.NEEDED_TASK_MANAGER : Outage.TASK_MANAGER);
    }
    if (kind.endsTaskManager()) {
      cluster.taskManager(taskManager).kill();
    }
    switch (kind) {
      case KILL_BROKER -> targets.broker().kill();
      case STOP_BROKER -> targets.broker().stop();
      case FULL_DISK -> targets.disk().orElseThrow().fill();
      case SLOW_DISK -> targets.disk().orElseThrow().slow();
      case REFUSE_RESULTS -> targets.results().refuse();
      case CUT_TASK_MANAGERS, CUT_JOB_MANAGER, CUT_BROKER, MUTE_TASK_MANAGER ->
          targets.partitions().orElseThrow().cut(kind, taskManager);
      default -> {} // done
    }
  }

  private void startAgain(Kind kind, int taskManager) throws Exception {
    if (kind.endsJobManager()) {
      cluster.jobManager().start();
    }
    if (kind.endsTaskManager()) {
      cluster.taskManager(taskManager).start();
    }
    if (kind.endsJobManager()) {
      cluster.awaitIdle(PATIENCE);
      job.startAgain();
    }
    switch (kind) {
      case KILL_BROKER, STOP_BROKER -> targets.broker().start();
      case FULL_DISK -> targets.disk().orElseThrow().free();
      case SLOW_DISK -> targets.disk().orElseThrow().hasten();
      case REFUSE_RESULTS -> targets.results().accept();
      case CUT_TASK_MANAGERS, CUT_JOB_MANAGER, CUT_BROKER, MUTE_TASK_MANAGER ->
          targets.partitions().orElseThrow().heal(kind, taskManager);
      default -> {} // done
    }
  }

  /** Savepoints need a running job; one that is struck meanwhile may refuse. */
  private void intervene(Fault strike) throws Exception {
    job.awaitRunning();
    try {
      if (strike.kind() == Kind.SAVEPOINT) {
        job.savepoint();
      } else {
        job.rescale(strike.target());
      }
      struck.add(InjectedFault.at(strike.kind(), Moment.ANY));
    } catch (IOException e) {
      log.accept("refused: " + e.getMessage());
    }
  }
}
