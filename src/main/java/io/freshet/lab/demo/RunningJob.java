package io.freshet.lab.demo;

import static org.apache.logging.log4j.Level.ERROR;

import io.freshet.train.LoopFigures;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.logging.log4j.core.config.Configurator;

/** The learner's job while it runs: how far it is, and its end. */
final class RunningJob implements AutoCloseable {
  private final JobClient job;
  private final CompletableFuture<JobExecutionResult> result;
  private final Admin admin;
  private final String group;
  private final List<String> topics;

  RunningJob(JobClient job, String bootstrapServers, String group, List<String> topics) {
    this.job = job;
    result = job.getJobExecutionResult(); // once: a cluster that has ended answers no more
    this.group = group;
    this.topics = List.copyOf(topics);
    admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  /**
   * Whether the job has come to the end of its input.
   *
   * @throws IOException if it failed, with its own reason
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

  /** Whether a completed checkpoint holds all records of the topics. */
  boolean hasReadAll() throws IOException, InterruptedException {
    Map<TopicPartition, Long> ends = ends(topics);
    Map<TopicPartition, OffsetAndMetadata> read =
        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    return ends.entrySet().stream()
        .allMatch(
            end ->
                end.getValue() == 0
                    || read.get(end.getKey()) != null
                        && read.get(end.getKey()).offset() >= end.getValue());
  }

  /** What the loop tells of itself, once the job has ended. */
  LoopFigures loop() throws IOException, InterruptedException {
    try {
      return LoopFigures.of(result.get().getAllAccumulatorResults());
    } catch (ExecutionException e) {
      throw new IOException("the job failed: " + rootOf(e).getMessage(), e);
    }
  }

  /** Records in a topic. */
  long records(String topic) throws IOException, InterruptedException {
    return ends(List.of(topic)).values().stream().mapToLong(Long::longValue).sum();
  }

  private Map<TopicPartition, Long> ends(List<String> topics)
      throws IOException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (var topic : get(admin.describeTopics(topics).allTopicNames()).values()) {
      topic
          .partitions()
          .forEach(
              p ->
                  latest.put(new TopicPartition(topic.name(), p.partition()), OffsetSpec.latest()));
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    get(admin.listOffsets(latest).all()).forEach((p, end) -> ends.put(p, end.offset()));
    return ends;
  }

  /**
   * Decides all impressions that wait for clicks, and stops with a savepoint, unless the job has
   * ended already: right only where no event can come any more.
   */
  void finish(String savepoints) throws IOException, InterruptedException {
    if (hasEnded()) {
      return;
    }
    // Flink declines a checkpoint of its own while the tasks close, and warns of it as of a failure
    Configurator.setLevel("org.apache.flink.runtime.checkpoint.CheckpointFailureManager", ERROR);
    try {
      job.stopWithSavepoint(true, savepoints, SavepointFormatType.NATIVE).get();
      result.get();
    } catch (ExecutionException e) {
      throw new IOException("the job did not stop: " + rootOf(e).getMessage(), e);
    }
  }

  /** Ends the job at once, if it still runs. */
  @Override
  public void close() {
    admin.close();
    if (!result.isDone()) {
      job.cancel();
    }
  }

  private static <T> T get(KafkaFuture<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException("Kafka: " + e.getCause().getMessage(), e.getCause());
    }
  }

  private static Throwable rootOf(Throwable e) {
    return e.getCause() == null ? e : rootOf(e.getCause());
  }
}
