package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardRequest.Together;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.GaugeValues;
import io.freshet.train.message.ShardResponse.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

/** What goes to shards together, and what comes back together. */
final class ShardOutboxTest {
  private static final int SHARDS = 4;
  private static final int MAX_PARALLELISM = 128;
  private static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 0, "here");

  private static final long[] UPDATES = {};
  private static final float[] VALUES = {};
  private static final int[] GENERATIONS = {};

  private final List<ShardRequest> sent = new ArrayList<>();
  private final List<List<ShardResponse>> taken = new ArrayList<>();
  private final ResponseInbox inbox = new ResponseInbox(taken::add);
  private final ShardOutbox outbox =
      new ShardOutbox(SHARDS, MAX_PARALLELISM, 3, inbox, new JobID(), sent::add);

  @Test
  void changesOfAShardGoBeforeItsNextLookupInOneMessage() {
    RowDelta delta = delta(fid(1));
    Occurrences occurrences =
        new Occurrences(new long[] {fid(1)}, 0, new int[1], new int[1], new boolean[1]);
    Lookup first = lookup(7, 0, fid(1));
    Lookup second = lookup(7, 1, fid(2));

    outbox.add(delta);
    outbox.add(occurrences);
    outbox.add(first);
    outbox.add(second);
    assertThat(sent).isEmpty();
    outbox.flush();

    Together together = new Together(List.of(delta), List.of(occurrences), List.of(first));
    assertThat(sent).containsExactly(together, second);
    assertThat(together.messages()).containsExactly(delta, occurrences, first);
    assertThat(together.key()).isEqualTo(fid(1));
  }

  @Test
  void nothingIsSentTwice() {
    outbox.add(delta(fid(1)));
    outbox.flush();
    outbox.flush();

    assertThat(sent).hasSize(1);
  }

  @Test
  void messagesLargerThanTheLargestGoOneByOne() {
    RowDelta delta = delta(fid(1), fid(1), fid(1));
    Lookup lookup = lookup(7, 0, fid(1));

    outbox.add(delta);
    outbox.add(lookup);
    outbox.flush();

    assertThat(sent).containsExactly(delta, lookup);
  }

  @Test
  void rowsOfABatchAreTakenWhenAllAreThere() {
    outbox.add(lookup(7, 0, fid(0)));
    outbox.add(lookup(7, 1, fid(1)));
    outbox.add(lookup(8, 0, fid(0)));
    GaugeValues gauge = new GaugeValues(REPLY_TO, new double[0]);

    inbox.accept(rows(7, 1));
    inbox.accept(gauge);
    inbox.accept(rows(8, 0));
    assertThat(taken).containsExactly(List.of(gauge), List.of(rows(8, 0)));
    inbox.accept(rows(7, 0));

    assertThat(taken).last().isEqualTo(List.of(rows(7, 1), rows(7, 0)));
  }

  private static Rows rows(long batch, int part) {
    return new Rows(REPLY_TO, batch, part, UPDATES, GENERATIONS, VALUES);
  }

  private static Lookup lookup(long batch, int part, long fid) {
    return new Lookup(REPLY_TO, SHARDS, MAX_PARALLELISM, batch, part, new long[] {fid});
  }

  private static RowDelta delta(long... fids) {
    int n = fids.length;
    return new RowDelta(fids, 0, new long[n], new int[n], new float[n]);
  }

  /** A feature of a shard. */
  private static long fid(int shard) {
    for (long fid = 0; ; fid++) {
      if (KeyGroupRangeAssignment.assignKeyToParallelOperator(fid, MAX_PARALLELISM, SHARDS)
          == shard) {
        return fid;
      }
    }
  }
}
