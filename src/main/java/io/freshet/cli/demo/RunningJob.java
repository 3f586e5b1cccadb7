package io.freshet.cli.demo;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** The learner's job while it runs: how far it is, and its end. */
final class RunningJob implements AutoCloseable {
  private final JobClient job;
  private final Admin admin;
  private final String group;
  private final List<String> topics;
  private boolean ended;

  RunningJob(JobClient job, String bootstrapServers, String group, List<String> topics) {
    this.job = job;
    this.group = group;
    this.topics = List.copyOf(topics);
    admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  /**
   * Throws if the job failed.
   *
   * @throws IOException with the job's own reason
   */
  void check() throws IOException, InterruptedException {
    hasEnded();
  }

  /**
   * Whether the job has come to the end of its input.
   *
   * @throws IOException if it failed, with its own reason
   */
  boolean hasEnded() throws IOException, InterruptedException {
    try {
      if (!ended && job.getJobStatus().get().isGloballyTerminalState()) {
        ended = true;
        job.getJobExecutionResult().get();
      }
      return ended;
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
   * Decides all impressions that wait for clicks, and stops with a savepoint: right only where no
   * event can come any more.
   */
  String finish(String savepoints) throws IOException, InterruptedException {
    try {
      String savepoint = job.stopWithSavepoint(true, savepoints, SavepointFormatType.NATIVE).get();
      job.getJobExecutionResult().get();
      ended = true;
      return savepoint;
    } catch (ExecutionException e) {
      throw new IOException("the job did not stop: " + rootOf(e).getMessage(), e);
    }
  }

  /** Ends the job at once, if it still runs. */
  @Override
  public void close() {
    admin.close();
    if (!ended) {
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
