package io.freshet.train.table;

import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.InitialEnd;
import io.freshet.train.message.ShardRequest.InitialRemovals;
import io.freshet.train.message.ShardRequest.InitialRows;
import java.util.ArrayList;
import java.util.List;

/**
 * A shard's table of a job that starts from a model, until it is whole. Its rows come from one
 * trainer, before anything else of that trainer, so before its barrier. Lookups of other trainers
 * wait for the last.
 */
final class InitialTable {
  private final TableRewrite rewrite;
  private final long lastSeen;
  private final List<ShardRequest> waiting = new ArrayList<>();

  /**
   * @param lastSeen what the rows count as last seen, epoch milliseconds
   */
  InitialTable(TableRewrite rewrite, long lastSeen) {
    this.rewrite = rewrite;
    this.lastSeen = lastSeen;
  }

  /** Takes a message; returns whether the table is whole now. */
  boolean take(ShardRequest request) throws Exception {
    if (request instanceof InitialRows rows) {
      rewrite.startWith(rows, lastSeen);
    } else if (request instanceof InitialRemovals gone) {
      rewrite.startWithout(gone);
    } else if (!(request instanceof InitialEnd)) {
      waiting.add(request);
    }
    return request instanceof InitialEnd;
  }

  /** What came before the table was whole. */
  List<ShardRequest> waiting() {
    return waiting;
  }
}
