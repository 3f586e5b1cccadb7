package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.dense.ModelShape;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.train.WarmStart;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.InitialEnd;
import io.freshet.train.message.ShardRequest.InitialRemovals;
import io.freshet.train.message.ShardRequest.InitialRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shards of a job receive of the model that it starts from. */
final class InitialRowSenderTest {
  private static final int MAX_PARALLELISM = 128;
  private static final int WIDTH = 3;
  private static final int ROWS = 5_000; // several messages of each shard
  private static final int REMOVED = 7;
  private static final int AGAIN = 14;

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4})
  void eachShardReceivesItsRowsInTheirOrderAndThenTheEnd(int shards) throws Exception {
    List<List<ShardRequest>> sent = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      sent.add(new ArrayList<>());
    }

    new InitialRowSender(
            shards, MAX_PARALLELISM, one -> sent.get(shardOf(one.key(), shards)).add(one))
        .send(new Chain(), WIDTH);

    Map<Long, Long> updates = new HashMap<>();
    Map<Long, Float> firsts = new HashMap<>();
    for (int shard = 0; shard < shards; shard++) {
      List<ShardRequest> received = sent.get(shard);
      assertThat(received).last().isInstanceOf(InitialEnd.class);
      assertThat(received).filteredOn(InitialEnd.class::isInstance).hasSize(1);
      for (ShardRequest one : received) {
        for (long fid : one.fids()) {
          assertThat(shardOf(fid, shards)).isEqualTo(shard);
        }
        if (one instanceof InitialRows rows) {
          for (int i = 0; i < rows.fids().length; i++) {
            updates.put(rows.fids()[i], rows.updates()[i]);
            firsts.put(rows.fids()[i], rows.weights()[i * WIDTH]);
          }
        } else if (one instanceof InitialRemovals gone) {
          for (long fid : gone.fids()) {
            updates.remove(fid);
          }
        }
      }
    }
    for (long fid = 0; fid < ROWS; fid++) {
      if (fid % REMOVED == 0 && fid % AGAIN != 0) {
        assertThat(updates).doesNotContainKey(fid);
      } else {
        assertThat(updates).containsEntry(fid, fid % AGAIN == 0 ? 2 * fid : fid);
        assertThat(firsts).containsEntry(fid, fid % AGAIN == 0 ? -1f : fid);
      }
    }
  }

  private static int shardOf(long fid, int shards) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(fid, MAX_PARALLELISM, shards);
  }

  /** A full, a delta that removes rows, and one in which some of them are back. */
  private static final class Chain implements WarmStart {
    private static final long serialVersionUID = 1L;

    @Override
    public void rows(Rows to) throws Exception {
      for (long fid = 0; fid < ROWS; fid++) {
        to.take(fid, fid, new float[] {9, fid, 0, 0}, 1);
      }
      for (long fid = 0; fid < ROWS; fid += REMOVED) {
        to.remove(fid);
      }
      for (long fid = 0; fid < ROWS; fid += AGAIN) {
        to.take(fid, 2 * fid, new float[] {-1, 0, 0}, 0);
      }
    }

    @Override
    public Optional<ModelShape> shape() {
      return Optional.empty();
    }

    @Override
    public long lastSeen() {
      return 0;
    }

    @Override
    public float[] dense() {
      return new float[0];
    }

    @Override
    public PublishedGauge gauge(FeatureSchema schema) {
      return PublishedGauge.NONE;
    }
  }
}
