package io.freshet.train.loop;

import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.BatchLearner;
import io.freshet.model.row.FieldRules;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.Rows;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A batch on its way through the loop: filled with examples, looked up, learned when all its rows
 * have come, and then kept as the memory of how far its rows moved, for as long as batches are open
 * whose lookups went out before.
 *
 * <p>Owned by one {@link Trainer}, and reused.
 */
final class InFlightBatch {
  final MiniBatch examples = new MiniBatch();
  final HeldWatermark heldWatermark = new HeldWatermark();
  private final ShardGroups groups;
  private final int width;
  private final FieldRules rules;

  private long number;
  private long lastKnown;
  private int partsMissing;
  private float[] rows = new float[0]; // stored rows in batch-row order
  private float[] moved = new float[0]; // first as they were pulled, then how far they moved
  private long[] base = new long[0]; // updates that the rows know of
  private int[] generations = new int[0]; // of the rows, where they may be lost
  private boolean areLost; // whether rows may be

  InFlightBatch(ShardGroups groups, int width, FieldRules rules) {
    this.groups = groups;
    this.width = width;
    this.rules = rules;
  }

  /** Number of the batch, counted by the trainer from 1. */
  long number() {
    return number;
  }

  /** Number of the last batch whose movement the pulled rows are sure to hold. */
  long lastKnown() {
    return lastKnown;
  }

  /** Numbers the batch, when its lookups are about to go out. */
  void number(long number, long lastKnown) {
    this.number = number;
    this.lastKnown = lastKnown;
  }

  /** Sends the lookups. */
  void lookUp(ReplyTo replyTo, int parallelism, int maxParallelism, Consumer<ShardRequest> shards) {
    groups.group(examples);
    partsMissing = groups.parts();
    reserve(examples.rows());
    for (int part = 0; part < groups.parts(); part++) {
      shards.accept(new Lookup(replyTo, parallelism, maxParallelism, number, part, fids(part)));
    }
  }

  /** Takes the rows of one part. */
  void accept(Rows answer) {
    int part = answer.part();
    areLost = answer.generations().length > 0;
    int at = 0;
    for (int i = 0; i < groups.size(part); i++) {
      int row = groups.row(part, i);
      base[row] = answer.updates()[i];
      if (base[row] == Rows.ABSENT) {
        examples.markAbsent(row);
        Arrays.fill(rows, row * width, (row + 1) * width, 0);
      } else {
        System.arraycopy(answer.values(), at, rows, row * width, width);
        at += width;
      }
      if (areLost) {
        generations[row] = answer.generations()[i];
      }
    }
    partsMissing--;
  }

  boolean isComplete() {
    return partsMissing == 0;
  }

  /** Adds what an own batch moved that the pulled rows do not hold yet. */
  void addMovesOf(InFlightBatch earlier) {
    for (int theirs = 0; theirs < earlier.examples.rows(); theirs++) {
      int ours = examples.rowOf(earlier.examples.fid(theirs));
      if (ours >= 0 && (!areLost || isSameGeneration(earlier, theirs, ours))) {
        base[ours] += earlier.examples.count(theirs);
        for (int i = 0; i < width; i++) {
          rows[ours * width + i] += earlier.moved[theirs * width + i];
        }
      }
    }
  }

  /** What was learned on a row at its start holds for whatever row its feature has. */
  private boolean isSameGeneration(InFlightBatch earlier, int theirs, int ours) {
    int generation = earlier.generations[theirs];
    return !examples.isAbsent(ours)
        && !earlier.examples.isAbsent(theirs)
        && (generation < 0 || generation == generations[ours]);
  }

  /** Predicts and learns the examples, and remembers how far the rows moved. */
  Predictions learn(BatchLearner learner) {
    int floats = examples.rows() * width;
    System.arraycopy(rows, 0, moved, 0, floats);
    Predictions predictions = learner.learn(examples, rows);
    for (int i = 0; i < floats; i++) {
      moved[i] = rows[i] - moved[i];
    }
    return predictions;
  }

  /**
   * Sends how far the rows moved; those only predicted from did not. Of features without rows it
   * sends how often they occurred.
   */
  void sendMoves(Consumer<ShardRequest> shards) {
    boolean[] won = examples.hasAbsent() ? rules.draw(examples) : new boolean[0];
    for (int part = 0; part < groups.parts(); part++) {
      int[] learned = learnedRows(part, false);
      if (learned.length > 0) {
        shards.accept(moves(learned));
      }
      int[] absent = examples.hasAbsent() ? learnedRows(part, true) : new int[0];
      if (absent.length > 0) {
        shards.accept(occurrences(absent, won));
      }
    }
  }

  private Occurrences occurrences(int[] of, boolean[] won) {
    long[] fids = new long[of.length];
    int[] counts = new int[of.length];
    int[] news = new int[of.length];
    boolean[] theirs = new boolean[of.length];
    for (int i = 0; i < of.length; i++) {
      fids[i] = examples.fid(of[i]);
      counts[i] = examples.count(of[i]);
      news[i] = examples.newCount(of[i]);
      theirs[i] = won[of[i]];
    }
    return new Occurrences(fids, examples.latestTime(), counts, news, theirs);
  }

  private RowDelta moves(int[] of) {
    long[] fids = new long[of.length];
    long[] bases = new long[of.length];
    int[] counts = new int[of.length];
    float[] deltas = new float[of.length * width];
    for (int i = 0; i < of.length; i++) {
      fids[i] = examples.fid(of[i]);
      bases[i] = base[of[i]];
      counts[i] = examples.count(of[i]);
      System.arraycopy(moved, of[i] * width, deltas, i * width, width);
    }
    int[] pulled = areLost ? Arrays.stream(of).map(row -> generations[row]).toArray() : new int[0];
    return new RowDelta(fids, examples.latestTime(), bases, counts, pulled, deltas);
  }

  private int[] learnedRows(int part, boolean absent) {
    return IntStream.range(0, groups.size(part))
        .map(i -> groups.row(part, i))
        .filter(row -> examples.count(row) > 0 && examples.isAbsent(row) == absent)
        .toArray();
  }

  private long[] fids(int part) {
    long[] fids = new long[groups.size(part)];
    for (int i = 0; i < fids.length; i++) {
      fids[i] = examples.fid(groups.row(part, i));
    }
    return fids;
  }

  private void reserve(int n) {
    if (n > base.length) {
      base = new long[n + n / 4];
      generations = new int[base.length];
      rows = new float[base.length * width];
      moved = new float[base.length * width];
    }
  }
}
