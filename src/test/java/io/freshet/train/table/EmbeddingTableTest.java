package io.freshet.train.table;

import static io.freshet.train.table.TableClient.LAYOUT;
import static io.freshet.train.table.TableClient.REPLY_TO;
import static io.freshet.train.table.TableClient.WIDTH;
import static io.freshet.train.table.TableClient.startOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.model.TableSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.train.message.ShardResponse.Rows;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EmbeddingTableTest {
  private TableFixture table;

  @BeforeEach
  void open() throws Exception {
    table = new TableFixture(TableSettings.OFF);
  }

  @Test
  void usageExample() throws Exception {
    Rows before = table.lookUp(11);

    table.add(11, before.updates()[0], 3, 0.5f);

    Rows after = table.lookUp(11);
    assertThat(after.updates()).containsExactly(3);
    for (int i = 0; i < WIDTH; i++) {
      assertThat(after.values()[i]).isEqualTo(before.values()[i] + 0.5f);
    }
  }

  @Test
  void aNewRowHasTheStartValuesOfItsFeature() throws Exception {
    Rows rows = table.lookUp(11, -5);

    assertThat(Arrays.copyOf(rows.values(), WIDTH)).containsExactly(startOf(11));
    assertThat(Arrays.copyOfRange(rows.values(), WIDTH, 2 * WIDTH)).containsExactly(startOf(-5));
    assertThat(rows.updates()).containsExactly(0, 0);
    assertThat(rows.replyTo()).isEqualTo(REPLY_TO);
    assertThat(rows.batch()).isEqualTo(9);
    assertThat(rows.part()).isEqualTo(4);
  }

  @Test
  void parametersMoveByOwnOverAllOccurrencesSinceThePullAndSlotsWhole() throws Exception {
    float[] start = table.lookUp(11).values();
    table.add(11, 0, 2, 0); // by another trainer, after the pull

    table.add(11, 0, 3, 1); // 3 own, 2 of others: 3 / 5
    table.add(11, 1, 4, 1); // 4 own, 1 + 3 of others: 4 / 8

    Rows rows = table.lookUp(11);
    assertThat(rows.updates()).containsExactly(9);
    for (int i = 0; i < LAYOUT.parameters(); i++) {
      assertThat(rows.values()[i]).isEqualTo(start[i] + 0.6f + 0.5f, within(1e-6f));
    }
    for (int i = LAYOUT.parameters(); i < WIDTH; i++) {
      assertThat(rows.values()[i]).isEqualTo(start[i] + 2, within(1e-6f));
    }
  }

  @Test
  void changedRowsGoToTheSnapshotAtAFlushAndOnce() throws Exception {
    table.lookUp(10);
    table.add(11, 0, 3, 0.5f);
    table.add(12, 0, 1, 0.5f);
    table.add(11, 3, 2, 0.5f);
    assertThat(table.blocks).isEmpty();

    table.checkpoint();
    List<RowBlock> first = List.copyOf(table.blocks);
    table.checkpoint();

    assertThat(first).hasSize(1);
    assertThat(first.get(0).fids()).containsExactly(11, 12);
    assertThat(first.get(0).updates()).containsExactly(5, 1);
    float[] weights = new float[LAYOUT.finishedWidth()];
    LAYOUT.finish(11, table.lookUp(11).values(), 0, weights, 0);
    assertThat(Arrays.copyOf(first.get(0).values(), weights.length)).containsExactly(weights);
    assertThat(table.blocks).hasSize(1);
  }

  @Test
  void blocksOfChangedRowsAreBounded() throws Exception {
    for (long fid = 0; fid < 20_000; fid++) {
      table.add(fid, 0, 1, 1);
    }

    table.checkpoint();

    assertThat(table.blocks).allMatch(block -> 28 * block.size() <= 1 << 18).hasSizeLessThan(5);
    assertThat(table.blocks.stream().mapToInt(RowBlock::size).sum()).isEqualTo(20_000);
  }

  @Test
  void changedRowsAreWrittenAtAFlushOrWhenTheyTrickle() throws Exception {
    table.add(1, 0, 1, 1);
    table.add(2, 0, 1, 1);
    assertThat(table.state.rows).isEmpty();

    table.table.trickle(0, 1);
    assertThat(table.state.rows).containsOnlyKeys(1L);
    table.checkpoint();
    assertThat(table.state.rows).containsOnlyKeys(1L, 2L);
  }

  @Test
  void aDeltaThatIsNotFiniteMovesNothingButCounts() throws Exception {
    table.add(11, 0, 3, Float.NaN);

    Rows rows = table.lookUp(11);
    assertThat(rows.values()).containsExactly(startOf(11));
    assertThat(rows.updates()).containsExactly(3);
  }
}
