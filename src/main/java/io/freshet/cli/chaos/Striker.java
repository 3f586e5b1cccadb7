package io.freshet.cli.chaos;

import io.freshet.cli.chaos.Strike.Kind;
import io.freshet.cli.chaos.Strike.Moment;
import io.freshet.cli.cluster.BrokerProcess;
import io.freshet.cli.cluster.FlinkCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Does what a plan says, one strike after the other. */
final class Striker {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration MOMENT_PATIENCE = Duration.ofSeconds(6);

  private final BrokerProcess broker;
  private final FlinkCluster cluster;
  private final ChaosJob job;
  private final RecoveryWatch watch;
  private final Consumer<String> log;
  private final List<Kind> struck = new ArrayList<>();

  Striker(
      BrokerProcess broker,
      FlinkCluster cluster,
      ChaosJob job,
      RecoveryWatch watch,
      Consumer<String> log) {
    this.broker = broker;
    this.cluster = cluster;
    this.job = job;
    this.watch = watch;
    this.log = log;
  }

  /** What has been done; a savepoint or a rescale that a recovery did not allow is not in it. */
  List<Kind> struck() {
    return List.copyOf(struck);
  }

  void run(List<Strike> plan) throws Exception {
    long start = System.nanoTime();
    for (Strike strike : plan) {
      long wait = start + strike.at().toNanos() - System.nanoTime();
      if (wait > 0) {
        Thread.sleep(wait / 1_000_000);
      }
      await(strike.moment());
      log.accept(strike.toString());
      strike(strike);
    }
  }

  private void strike(Strike strike) throws Exception {
    switch (strike.kind()) {
      case KILL_TASK_MANAGER -> killTaskManager(strike);
      case KILL_JOB_MANAGER -> killJobManager(strike, false);
      case KILL_BOTH -> killJobManager(strike, true);
      case KILL_BROKER, STOP_BROKER -> restartBroker(strike);
      case SAVEPOINT, RESCALE -> intervene(strike);
      default -> throw new IllegalStateException("no way to " + strike.kind());
    }
  }

  private void killTaskManager(Strike strike) throws Exception {
    watch.killed();
    cluster.killTaskManager(strike.target());
    Thread.sleep(strike.pause().toMillis());
    cluster.startTaskManager(strike.target());
    struck.add(strike.kind());
  }

  private void killJobManager(Strike strike, boolean taskManagerToo) throws Exception {
    watch.killed();
    cluster.killJobManager();
    if (taskManagerToo) {
      cluster.killTaskManager(strike.target());
    }
    Thread.sleep(strike.pause().toMillis());
    cluster.startJobManager();
    if (taskManagerToo) {
      cluster.startTaskManager(strike.target());
    }
    cluster.awaitIdle(PATIENCE);
    job.startAgain();
    struck.add(strike.kind());
  }

  private void restartBroker(Strike strike) throws Exception {
    if (strike.kind() == Kind.KILL_BROKER) {
      broker.kill();
    } else {
      broker.stop();
    }
    Thread.sleep(strike.pause().toMillis());
    broker.start();
    struck.add(strike.kind());
  }

  /** Savepoints need a job that runs; one that is struck meanwhile refuses, which is its right. */
  private void intervene(Strike strike) throws Exception {
    job.awaitRunning();
    try {
      if (strike.kind() == Kind.SAVEPOINT) {
        job.savepoint();
      } else {
        job.rescale(strike.target());
      }
      struck.add(strike.kind());
    } catch (IOException e) {
      log.accept("refused: " + e.getMessage());
    }
  }

  private void await(Moment moment) throws InterruptedException {
    if (moment == Moment.ANY) {
      return;
    }
    long deadline = System.nanoTime() + MOMENT_PATIENCE.toNanos();
    long before = count("completed");
    while (System.nanoTime() < deadline) {
      if (moment == Moment.CHECKPOINTING
          ? count("in_progress") > 0
          : before >= 0 && count("completed") > before) {
        return;
      }
      Thread.sleep(10);
      before = before < 0 ? count("completed") : before;
    }
  }

  /** How many checkpoints are so; -1 while nobody can say. */
  private long count(String what) throws InterruptedException {
    try {
      return cluster
          .rest()
          .get("/jobs/" + job.id() + "/checkpoints")
          .at("/counts/" + what)
          .asLong();
    } catch (IOException e) {
      return -1;
    }
  }
}
