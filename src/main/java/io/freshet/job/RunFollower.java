package io.freshet.job;

import io.freshet.config.LearnerConfig;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;

/** What follows a run in this process, from its settings to its end. */
public interface RunFollower {
  /** Nobody follows. */
  RunFollower NOBODY =
      new RunFollower() {
        @Override
        public void prepare(Configuration flink, LearnerConfig learner, boolean bounded) {}

        @Override
        public Optional<String> follow(JobClient job, List<Integer> webPorts, PrintWriter out)
            throws Exception {
          job.getJobExecutionResult().get();
          return Optional.empty();
        }
      };

  /**
   * Adds what it needs to the settings of the run.
   *
   * @param bounded whether the run ends by itself
   */
  void prepare(Configuration flink, LearnerConfig learner, boolean bounded);

  /**
   * Waits for the end of the run.
   *
   * @param webPorts at one of which Flink's web UI of the run is
   * @param out for the outcome
   * @return why it has failed all the same; nothing where it has not
   * @throws java.util.concurrent.ExecutionException with the run's failure
   */
  Optional<String> follow(JobClient job, List<Integer> webPorts, PrintWriter out) throws Exception;
}
