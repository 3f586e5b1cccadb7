package io.freshet.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.batch.MiniBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShardGroupsTest {

  @ParameterizedTest
  @CsvSource({"1, 1, 1000", "1, 128, 7", "2, 16, 100", "3, 128, 1", "4, 4, 50", "8, 128, 100000"})
  void everyRowIsInOnePartOfTheShardToWhichFlinkRoutesIt(
      int parallelism, int maxParallelism, int maxRows) {
    SplittableRandom random = new SplittableRandom(parallelism);
    ShardGroups groups = new ShardGroups(parallelism, maxParallelism, maxRows);

    for (int distinct : new int[] {1, 2, 5000, 300, 0}) {
      MiniBatch batch = batch(random.longs(distinct).toArray());
      groups.group(batch);

      assertThat(rowsOf(groups)).hasSize(batch.rows()).doesNotHaveDuplicates();
      for (int part = 0; part < groups.parts(); part++) {
        assertThat(groups.size(part)).isBetween(1, maxRows);
        assertThat(owners(groups, part, batch, parallelism, maxParallelism)).hasSize(1);
      }
    }
  }

  @Test
  void aPartIsFullBeforeTheNextBegins() {
    ShardGroups groups = new ShardGroups(1, 16, 4);

    groups.group(batch(1, 2, 3, 4, 5, 6, 7, 8, 9));

    assertThat(groups.parts()).isEqualTo(3);
    assertThat(groups.size(0)).isEqualTo(4);
    assertThat(groups.size(1)).isEqualTo(4);
    assertThat(groups.size(2)).isEqualTo(1);
    assertThat(rowsOf(groups)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  private static List<Integer> rowsOf(ShardGroups groups) {
    List<Integer> rows = new ArrayList<>();
    for (int part = 0; part < groups.parts(); part++) {
      for (int i = 0; i < groups.size(part); i++) {
        rows.add(groups.row(part, i));
      }
    }
    return rows;
  }

  private static Set<Integer> owners(
      ShardGroups groups, int part, MiniBatch batch, int parallelism, int maxParallelism) {
    Set<Integer> owners = new HashSet<>();
    for (int i = 0; i < groups.size(part); i++) {
      Long key = batch.fid(groups.row(part, i));
      owners.add(
          KeyGroupRangeAssignment.assignKeyToParallelOperator(key, maxParallelism, parallelism));
    }
    return owners;
  }

  private static MiniBatch batch(long... fids) {
    MiniBatch batch = new MiniBatch();
    batch.add(new LabeledExample("i", 0, 1, 1, new Example(1, fids, new float[fids.length])));
    return batch;
  }
}
