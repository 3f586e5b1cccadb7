package io.freshet.cli.status;

import static java.util.Objects.requireNonNull;
import static org.apache.flink.configuration.RestartStrategyOptions.RESTART_STRATEGY;
import static org.apache.flink.configuration.RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF;
import static org.apache.flink.configuration.RestartStrategyOptions.RestartStrategyType.EXPONENTIAL_DELAY;

import io.freshet.config.LearnerConfig;
import io.freshet.config.option.Quantity;
import io.freshet.job.RunFollower;
import io.freshet.join.JoinSettings;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;

/**
 * Reports a run of {@code train} in this process: a status line while it runs, a line for each
 * restart and each failed checkpoint, and the outcome of one that ends. Ends a run that fails for
 * the same cause again and again, and calls one failed that has learned nothing.
 */
public final class LocalTraining implements RunFollower {
  private static final Map<String, LocalTraining> RUNS = new ConcurrentHashMap<>();

  /** Failures further apart are each of its own: what cannot work fails at once. */
  private static final Duration APART = Duration.ofSeconds(45);

  private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);

  private final RunMetrics metrics = new RunMetrics();
  private final RunConsole console;
  private final Duration longestDelay;
  private final String name = UUID.randomUUID().toString();
  private Restarts restarts = new Restarts(APART);

  public LocalTraining(PrintStream err, boolean terminal) {
    this(err, terminal, LONGEST_DELAY);
  }

  /** One with at most this delay before a restart. */
  LocalTraining(PrintStream err, boolean terminal, Duration longestDelay) {
    console = new RunConsole(err, terminal);
    this.longestDelay = longestDelay;
  }

  /** The one that prepared a run, for the reporter that Flink makes of it. */
  static LocalTraining named(String name) {
    return requireNonNull(RUNS.get(name), name);
  }

  StatusReporter reporter() {
    return new StatusReporter(metrics, console);
  }

  @Override
  public void prepare(Configuration flink, LearnerConfig learner, boolean bounded) {
    RUNS.put(name, this);
    restarts = new Restarts(bounded ? Duration.ofDays(1) : APART);
    flink.set(RESTART_STRATEGY, EXPONENTIAL_DELAY.getMainValue());
    flink.set(RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, longestDelay);
    StatusReporter.addTo(flink, name, wait(learner.join()));
  }

  /** What the labels of impressions wait for. */
  private static String wait(JoinSettings join) {
    return join.definition().isInline()
        ? "join.out-of-orderness: " + Quantity.text(join.outOfOrderness())
        : "join.window: " + Quantity.text(join.window());
  }

  @Override
  public Optional<String> follow(JobClient job, List<Integer> webPorts, PrintWriter out)
      throws Exception {
    long start = System.nanoTime();
    var watch = new RestartWatch(webPorts, job, restarts, console);
    watch.start();
    FlinkNotices notices = FlinkNotices.to(console);
    try {
      job.getJobExecutionResult().get();
    } catch (ExecutionException e) {
      if (restarts.isHopeless()) {
        return Optional.of("ended, as " + restarts.hopeless());
      }
      throw e;
    } finally {
      watch.end();
      notices.close();
      console.end();
      RUNS.remove(name);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    RunSummary summary = new RunSummary(metrics, seconds, restarts);
    out.print(summary.text());
    out.flush();
    return summary.learned() > 0
        ? Optional.empty()
        : Optional.of("nothing was learned: " + summary.whyNothing());
  }
}
