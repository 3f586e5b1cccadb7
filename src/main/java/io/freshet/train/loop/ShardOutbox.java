package io.freshet.train.loop;

import io.freshet.train.feedback.ShardInbox;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardRequest.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * What a trainer is about to send to shards: of each shard, the changes of learned batches and the
 * lookups of the next, which go as one message where they are small. With many shards a batch has a
 * few rows of each, and what a message costs by itself, a thread that is woken, is more than they
 * do.
 *
 * <p>Changes go before lookups, as they came. Messages as large as the largest go one by one.
 */
final class ShardOutbox {
  private final int parallelism;
  private final int maxParallelism;
  private final int maxRows;
  private final ResponseInbox inbox;
  private final JobID job;
  private final Consumer<ShardRequest> shards;
  private final List<List<ShardRequest>> held = new ArrayList<>(); // by shard

  /**
   * @param maxRows rows that a message has at most
   * @param inbox knows of lookups before they go
   * @param job whose shards are sent to, through their inboxes where these are in this process
   */
  ShardOutbox(
      int parallelism,
      int maxParallelism,
      int maxRows,
      ResponseInbox inbox,
      JobID job,
      Consumer<ShardRequest> shards) {
    this.parallelism = parallelism;
    this.maxParallelism = maxParallelism;
    this.maxRows = maxRows;
    this.inbox = inbox;
    this.job = job;
    this.shards = shards;
    for (int shard = 0; shard < parallelism; shard++) {
      held.add(new ArrayList<>());
    }
  }

  void add(ShardRequest request) {
    int shard =
        KeyGroupRangeAssignment.assignKeyToParallelOperator(
            request.key(), maxParallelism, parallelism);
    held.get(shard).add(request);
    if (request instanceof Lookup lookup) {
      inbox.expectPartOf(lookup.batch());
    }
  }

  /** Sends all. */
  void flush() {
    for (int shard = 0; shard < parallelism; shard++) {
      List<ShardRequest> requests = held.get(shard);
      int rows = 0;
      for (ShardRequest request : requests) {
        rows += request.fids().length;
      }
      if (requests.size() > 1 && rows <= maxRows) {
        send(shard, together(requests));
      } else {
        for (ShardRequest request : requests) {
          send(shard, request);
        }
      }
      requests.clear();
    }
  }

  private void send(int shard, ShardRequest request) {
    shards.accept(ShardInbox.handOver(job, shard, request));
  }

  private static Together together(List<ShardRequest> requests) {
    List<RowDelta> deltas = new ArrayList<>(2);
    List<Occurrences> occurrences = new ArrayList<>(0);
    List<Lookup> lookups = new ArrayList<>(1);
    for (ShardRequest request : requests) {
      if (request instanceof RowDelta delta) {
        deltas.add(delta);
      } else if (request instanceof Occurrences some) {
        occurrences.add(some);
      } else if (request instanceof Lookup lookup) {
        lookups.add(lookup);
      }
    }
    return new Together(deltas, occurrences, lookups);
  }
}
