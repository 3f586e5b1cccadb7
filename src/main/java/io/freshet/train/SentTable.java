package io.freshet.train;

import static java.util.Objects.requireNonNull;

/**
 * Says that a shard has sent all its rows to the snapshot, as it was asked to.
 *
 * @param lineage of the snapshot that asked
 * @param shard index of the subtask
 * @param shards of the job
 */
public record SentTable(String lineage, int shard, int shards) {
  public SentTable {
    requireNonNull(lineage, "lineage");
  }
}
