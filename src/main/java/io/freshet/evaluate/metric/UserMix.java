package io.freshet.evaluate.metric;

import io.freshet.evaluate.report.UsersSeen;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many distinct users there are among 64 and among 512 examples that a trainer learns one after
 * the other: the mean over whole blocks of so many. It decides what a step size means. In a stream
 * of 64 distinct users, steps of 64 cost nothing; where one user's examples come in bursts, they
 * predict most of a user's examples before any of them is learned.
 *
 * <p>Each trainer's examples form separate blocks, as no other trainer sees them.
 */
public final class UserMix {
  private static final int[] SIZES = {64, 512};

  private final Map<Integer, Block[]> trainers = new TreeMap<>(); // by trainer; a block a size
  private final long[] blocks = new long[SIZES.length];
  private final long[] distinct = new long[SIZES.length];

  public void add(int trainer, long user) {
    Block[] open = trainers.computeIfAbsent(trainer, index -> blocks());
    for (int size = 0; size < SIZES.length; size++) {
      Block block = open[size];
      block.users.add(user);
      if (++block.examples == SIZES[size]) {
        blocks[size]++;
        distinct[size] += block.users.size();
        block.users.clear();
        block.examples = 0;
      }
    }
  }

  private static Block[] blocks() {
    return new Block[] {new Block(), new Block()};
  }

  public UsersSeen seen() {
    return new UsersSeen((double) distinct[0] / blocks[0], (double) distinct[1] / blocks[1]);
  }

  void write(DataOutput out) throws IOException {
    for (int size = 0; size < SIZES.length; size++) {
      out.writeLong(blocks[size]);
      out.writeLong(distinct[size]);
    }
    out.writeInt(trainers.size());
    for (Map.Entry<Integer, Block[]> trainer : trainers.entrySet()) {
      out.writeInt(trainer.getKey());
      for (Block block : trainer.getValue()) {
        block.write(out);
      }
    }
  }

  static UserMix read(DataInput in) throws IOException {
    UserMix read = new UserMix();
    for (int size = 0; size < SIZES.length; size++) {
      read.blocks[size] = in.readLong();
      read.distinct[size] = in.readLong();
    }
    for (int n = in.readInt(); n > 0; n--) {
      Block[] open = blocks();
      read.trainers.put(in.readInt(), open);
      for (Block block : open) {
        block.read(in);
      }
    }
    return read;
  }

  private static final class Block {
    final Set<Long> users = new HashSet<>();
    int examples;

    void write(DataOutput out) throws IOException {
      out.writeInt(examples);
      out.writeInt(users.size());
      for (long user : users) {
        out.writeLong(user);
      }
    }

    void read(DataInput in) throws IOException {
      examples = in.readInt();
      for (int n = in.readInt(); n > 0; n--) {
        users.add(in.readLong());
      }
    }
  }
}
