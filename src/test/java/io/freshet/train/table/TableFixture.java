package io.freshet.train.table;

import io.freshet.model.TableSettings;
import io.freshet.model.row.RowBlock;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.train.state.KeyGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table over state in maps. */
final class TableFixture extends TableClient {
  private static final int MAX_PARALLELISM = 16;

  final MapRowState state;
  final EmbeddingTable table;
  final List<RowBlock> blocks = new ArrayList<>();

  TableFixture(TableSettings rules) throws Exception {
    this(rules, 1000);
  }

  TableFixture(TableSettings rules, int cacheRows) throws Exception {
    this(rules, cacheRows, new MapRowState(groups(1, 0)), false);
  }

  private TableFixture(TableSettings rules, int cacheRows, MapRowState state, boolean isListed)
      throws Exception {
    this.state = state;
    table = new EmbeddingTable(LAYOUT, rules, cacheRows, state, this::takeBlock);
    table.restore(isListed);
  }

  private void takeBlock(RowBlock block) {
    blocks.add(block);
    take(block);
  }

  /** A table of the same state under the same rules. */
  TableFixture restored(TableSettings rules, int parallelism, int subtask) throws Exception {
    return new TableFixture(rules, 100, state.of(groups(parallelism, subtask)), true);
  }

  /** A table of the same state under other rules. */
  TableFixture underOther(TableSettings rules) throws Exception {
    return new TableFixture(rules, 100, state, false);
  }

  static KeyGroups groups(int parallelism, int subtask) {
    return KeyGroups.of(MAX_PARALLELISM, parallelism, subtask);
  }

  @Override
  Rows lookUp(long... fids) throws Exception {
    Rows rows = table.lookUp(new Lookup(REPLY_TO, 1, MAX_PARALLELISM, 9, 4, fids));
    table.sweep(fids.length);
    return rows;
  }

  @Override
  void send(ShardRequest request) throws Exception {
    if (request instanceof RowDelta delta) {
      table.add(delta, 0);
    } else if (request instanceof Occurrences occurrences) {
      table.count(occurrences, 0);
    }
    table.sweep(request.fids().length);
  }

  /** Adds to one row. */
  void add(long fid, long base, int count, float by) throws Exception {
    float[] delta = new float[WIDTH];
    Arrays.fill(delta, by);
    send(new RowDelta(new long[] {fid}, 1000, new long[] {base}, new int[] {count}, delta));
  }

  void checkpoint() throws Exception {
    table.flush();
    table.takeAddedCounts().ifPresent(this::take);
  }

  boolean owns(long fid) {
    return state.groups().ownsFeature(fid);
  }
}
