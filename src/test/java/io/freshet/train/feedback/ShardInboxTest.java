package io.freshet.train.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.HandedOver;
import io.freshet.train.message.ShardRequest.Lookup;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;

/** Requests within a process: where they go, and where they never go. */
final class ShardInboxTest {
  private static final int SHARD = 3;

  private final JobID job = new JobID();

  @Test
  void aShardOfTheProcessTakesTheRequestOfANumberOnce() {
    try (ShardInbox inbox = ShardInbox.open(job, SHARD)) {
      Lookup first = lookup(7);
      Lookup second = lookup(8);

      HandedOver one = (HandedOver) ShardInbox.handOver(job, SHARD, first);
      HandedOver two = (HandedOver) ShardInbox.handOver(job, SHARD, second);

      assertThat(one.key()).isEqualTo(7);
      assertThat(inbox.take(two)).isSameAs(second);
      assertThat(inbox.take(one)).isSameAs(first);
      assertThatThrownBy(() -> inbox.take(one))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("shard 3 got request 1 of another shard or attempt");
    }
  }

  @Test
  void aRequestToAShardThatIsNotHereIsSentItself() {
    Lookup lookup = lookup(7);

    ShardInbox.open(job, SHARD).close();
    try (ShardInbox another = ShardInbox.open(new JobID(), SHARD)) {
      assertThat(ShardInbox.handOver(job, SHARD, lookup)).isSameAs(lookup);
      assertThat(another).isNotNull();
    }
  }

  @Test
  void aNewAttemptIsNeverGivenWhatAnEarlierOneHas() {
    ShardInbox earlier = ShardInbox.open(job, SHARD);
    ShardRequest number = ShardInbox.handOver(job, SHARD, lookup(7));
    try (ShardInbox now = ShardInbox.open(job, SHARD)) {
      earlier.close(); // late: the shard of the new attempt stays

      assertThatThrownBy(() -> now.take((HandedOver) number))
          .isInstanceOf(IllegalStateException.class);
      assertThat(ShardInbox.handOver(job, SHARD, lookup(8))).isInstanceOf(HandedOver.class);
    }
  }

  private static Lookup lookup(long fid) {
    return new Lookup(new ReplyTo(new UUID(1, 2), 0, "here"), 1, 128, 1, 0, new long[] {fid});
  }
}
