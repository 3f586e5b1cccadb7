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
 * How many distinct users there are among {@value #SMALL} and among {@value #LARGE} examples that a
 * trainer learns one after the other: the mean over whole blocks of so many. It decides what a step
 * size means. In a stream of 64 distinct users, steps of 64 cost nothing; where one user's examples
 * come in bursts, they predict most of a user's examples before any of them is learned.
 *
 * <p>Each trainer's examples form separate blocks, as no other trainer sees them.
 */
public final class UserMix {
  static final int SMALL = 64;
  static final int LARGE = 512;

  private final Map<Integer, Blocks> trainers = new TreeMap<>();
  private final long[] blocks = new long[2];
  private final long[] distinct = new long[2];

  public void add(int trainer, long user) {
    Blocks of = trainers.computeIfAbsent(trainer, index -> new Blocks());
    add(of.small, user, SMALL, 0);
    add(of.large, user, LARGE, 1);
  }

  private void add(Block block, long user, int size, int which) {
    block.users.add(user);
    if (++block.examples == size) {
      blocks[which]++;
      distinct[which] += block.users.size();
      block.users.clear();
      block.examples = 0;
    }
  }

  public UsersSeen seen() {
    return new UsersSeen((double) distinct[0] / blocks[0], (double) distinct[1] / blocks[1]);
  }

  void write(DataOutput out) throws IOException {
    for (int which = 0; which < 2; which++) {
      out.writeLong(blocks[which]);
      out.writeLong(distinct[which]);
    }
    out.writeInt(trainers.size());
    for (Map.Entry<Integer, Blocks> trainer : trainers.entrySet()) {
      out.writeInt(trainer.getKey());
      trainer.getValue().small.write(out);
      trainer.getValue().large.write(out);
    }
  }

  static UserMix read(DataInput in) throws IOException {
    UserMix read = new UserMix();
    for (int which = 0; which < 2; which++) {
      read.blocks[which] = in.readLong();
      read.distinct[which] = in.readLong();
    }
    for (int n = in.readInt(); n > 0; n--) {
      Blocks of = new Blocks();
      read.trainers.put(in.readInt(), of);
      of.small.read(in);
      of.large.read(in);
    }
    return read;
  }

  private static final class Blocks {
    final Block small = new Block();
    final Block large = new Block();
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
