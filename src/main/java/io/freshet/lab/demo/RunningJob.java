package io.freshet.lab.demo;

import static org.apache.logging.log4j.Level.ERROR;

import io.freshet.config.KafkaSettings;
import io.freshet.kafka.TopicAdmin;
import io.freshet.train.LoopFigures;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.common.TopicPartition;
import org.apache.logging.log4j.core.config.Configurator;

/** The learner's job while it runs: how far it is, and its end. */
final class RunningJob implements AutoCloseable {
  private final JobClient job;
  private final CompletableFuture<JobExecutionResult> result;
  private final TopicAdmin admin;
  private final String group;
  private final List<String> topics;

  RunningJob(JobClient job, KafkaSettings kafka) throws IOException {
    this.job = job;
    result = job.getJobExecutionResult(); // once: a cluster that has ended answers no more
    group = kafka.groupId();
    topics = List.of(kafka.topics().impressions(), kafka.topics().clicks());
    admin = kafka.clients().topicAdmin();
  }

  /**
   * Whether the job has reached the end of its input.
   *
   * @throws IOException with the job's failure, if it failed
   */
  boolean hasEnded() throws IOException, InterruptedException {
    try {
      if (result.isDone()) {
        result.get();
      }
      return result.isDone();
    } catch (ExecutionException e) {
      throw new IOException("the job failed: " + rootOf(e).getMessage(), e);
    }
  }

  /** Whether a completed checkpoint covers all records of the topics. */
  boolean hasReadAll() throws IOException, InterruptedException {
    Map<TopicPartition, Long> read = admin.committed(group);
    for (String topic : topics) {
      for (var end : admin.ends(topic).entrySet()) {
        if (read.getOrDefault(end.getKey(), 0L) < end.getValue()) {
          return false;
        }
      }
    }
    return true;
  }

  /** The figures of the loop, once the job has ended. */
  LoopFigures loop() throws IOException, InterruptedException {
    try {
      return LoopFigures.of(result.get().getAllAccumulatorResults());
    } catch (ExecutionException e) {
      throw new IOException("the job failed: " + rootOf(e).getMessage(), e);
    }
  }

  long records(String topic) throws IOException, InterruptedException {
    return admin.ends(topic).values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Decides all waiting impressions and stops with a savepoint, unless the job has ended: only
   * after the last event.
   */
  void finish(String savepoints) throws IOException, InterruptedException {
    if (hasEnded()) {
      return;
    }
    // Flink declines its own checkpoint while the tasks close, and logs that as a failure
    Configurator.setLevel("org.apache.flink.runtime.checkpoint.CheckpointFailureManager", ERROR);
    try {
      job.stopWithSavepoint(true, savepoints, SavepointFormatType.NATIVE).get();
      result.get();
    } catch (ExecutionException e) {
      throw new IOException("the job did not stop: " + rootOf(e).getMessage(), e);
    }
  }

  @Override
  public void close() {
    admin.close();
    if (!result.isDone()) {
      job.cancel();
    }
  }

  private static Throwable rootOf(Throwable e) {
    return e.getCause() == null ? e : rootOf(e.getCause());
  }
}
