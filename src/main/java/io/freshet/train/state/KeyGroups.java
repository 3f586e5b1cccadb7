package io.freshet.train.state;

import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The key groups of a shard: what moves as a whole when the job is rescaled.
 *
 * @param all the number of groups of all shards, which is the maximum parallelism
 * @param first number of the shard's first group
 * @param size number of the shard's groups, which are consecutive
 */
public record KeyGroups(int all, int first, int size) {

  /** The groups that Flink assigns to a subtask. */
  public static KeyGroups of(int all, int parallelism, int subtask) {
    var own =
        KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(all, parallelism, subtask);
    return new KeyGroups(all, own.getStartKeyGroup(), own.getNumberOfKeyGroups());
  }

  public boolean owns(int group) {
    return group >= first && group < first + size;
  }

  /** The index of one of the shard's groups among them, from 0. */
  public int place(int group) {
    return group - first;
  }

  public boolean ownsFeature(long fid) {
    return owns(groupOf(fid));
  }

  /** The group of a feature. */
  public int groupOf(long fid) {
    return KeyGroupRangeAssignment.computeKeyGroupForKeyHash(Long.hashCode(fid), all);
  }
}
