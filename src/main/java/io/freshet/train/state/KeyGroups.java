package io.freshet.train.state;

import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The key groups of a shard, each with a key that belongs to it: under that lies what is kept of
 * the group as a whole, and moves with it when the job is rescaled.
 */
public final class KeyGroups {
  private final int all;
  private final KeyGroupRange own;
  private final Long[] keys; // of the own groups, found when first needed

  /**
   * @param all the maximum parallelism
   * @param own those of this shard
   */
  public KeyGroups(int all, KeyGroupRange own) {
    this.all = all;
    this.own = own;
    keys = new Long[own.getNumberOfKeyGroups()];
  }

  /** How many there are, in all shards. */
  public int all() {
    return all;
  }

  /** How many there are in this shard. */
  public int size() {
    return keys.length;
  }

  /** Numbers of the own groups. */
  public IntStream own() {
    return IntStream.rangeClosed(own.getStartKeyGroup(), own.getEndKeyGroup());
  }

  public boolean owns(int group) {
    return own.contains(group);
  }

  /** An own group's place among them, from 0. */
  public int place(int group) {
    return group - own.getStartKeyGroup();
  }

  public int of(long fid) {
    return KeyGroupRangeAssignment.computeKeyGroupForKeyHash(Long.hashCode(fid), all);
  }

  /** The key of an own group. */
  public Long key(int group) {
    int place = place(group);
    for (long key = 0; keys[place] == null; key++) {
      if (of(key) == group) {
        keys[place] = key;
      }
    }
    return keys[place];
  }
}
