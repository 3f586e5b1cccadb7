package io.freshet.train.loop;

import io.freshet.model.batch.MiniBatch;
import io.freshet.model.batch.Predictions;
import io.freshet.model.learn.BatchLearner;
import io.freshet.model.row.FieldRules;
import io.freshet.model.row.RowPacking;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.Rows;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A batch in the loop: filled with examples, looked up, learned when all its rows have arrived, and
 * then kept with the change of its rows while batches are open that were looked up before.
 *
 * <p>Owned by one {@link Trainer}, and reused.
 */
final class InFlightBatch {
  final MiniBatch examples;
  final HeldWatermark heldWatermark = new HeldWatermark();
  private final ShardGroups groups;
  private final RowPacking packing;
  private final int width;
  private final FieldRules rules;

  private long number;
  private long lastIncluded;
  private int partsMissing;
  private float[] rows = new float[0]; // stored rows in the order of the batch
  private float[] changes = new float[0]; // first as they were pulled, then their change
  private long[] base = new long[0]; // updates that the rows include
  private int[] generations = new int[0]; // of the rows, if rows may be lost
  private boolean hasGenerations; // whether rows may be lost
  private int[] selected = new int[0]; // rows that a message is made of

  InFlightBatch(MiniBatch empty, ShardGroups groups, RowPacking packing, FieldRules rules) {
    examples = empty;
    this.groups = groups;
    this.packing = packing;
    width = packing.rowWidth();
    this.rules = rules;
  }

  /** Number of the batch, counted by the trainer from 1. */
  long number() {
    return number;
  }

  /** Number of the last batch whose change the pulled rows certainly include. */
  long lastIncluded() {
    return lastIncluded;
  }

  /** Numbers the batch, before its lookups are sent. */
  void number(long number, long lastIncluded) {
    this.number = number;
    this.lastIncluded = lastIncluded;
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
  void accept(Rows response) {
    int part = response.part();
    hasGenerations = response.generations().length > 0;
    int at = 0;
    for (int i = 0; i < groups.size(part); i++) {
      int row = groups.row(part, i);
      base[row] = response.updates()[i];
      if (base[row] == Rows.ABSENT) {
        examples.markAbsent(row);
        Arrays.fill(rows, row * width, (row + 1) * width, 0);
      } else {
        at += packing.unpack(examples.fid(row), response.values(), at, rows, row * width);
      }
      if (hasGenerations) {
        generations[row] = response.generations()[i];
      }
    }
    partsMissing--;
  }

  boolean isComplete() {
    return partsMissing == 0;
  }

  /** Adds the change of a batch that the pulled rows do not include yet. */
  void addChangesOf(InFlightBatch earlier) {
    for (int theirs = 0; theirs < earlier.examples.rows(); theirs++) {
      int ours = examples.rowOf(earlier.examples.fid(theirs));
      if (ours >= 0 && (!hasGenerations || isSameGeneration(earlier, theirs, ours))) {
        base[ours] += earlier.examples.count(theirs);
        for (int i = 0; i < width; i++) {
          rows[ours * width + i] += earlier.changes[theirs * width + i];
        }
      }
    }
  }

  /** A change of a row that had not begun fits every generation. */
  private boolean isSameGeneration(InFlightBatch earlier, int theirs, int ours) {
    int generation = earlier.generations[theirs];
    return !examples.isAbsent(ours)
        && !earlier.examples.isAbsent(theirs)
        && (generation < 0 || generation == generations[ours]);
  }

  /** Predicts and learns the examples, and keeps the change of the rows. */
  Predictions learn(BatchLearner learner) {
    int floats = examples.rows() * width;
    System.arraycopy(rows, 0, changes, 0, floats);
    Predictions predictions = learner.learn(examples, rows);
    for (int i = 0; i < floats; i++) {
      changes[i] = rows[i] - changes[i];
    }
    return predictions;
  }

  /**
   * Sends the change of the learned rows, and the occurrences of learned features without a row.
   */
  void sendChanges(Consumer<ShardRequest> shards) {
    boolean hasAbsent = examples.hasAbsent();
    boolean[] drawn = hasAbsent ? rules.draw(examples) : new boolean[0];
    for (int part = 0; part < groups.parts(); part++) {
      int learned = selectLearned(part, false);
      if (learned > 0) {
        shards.accept(delta(learned));
      }
      int absent = hasAbsent ? selectLearned(part, true) : 0;
      if (absent > 0) {
        shards.accept(occurrences(absent, drawn));
      }
    }
  }

  /** Selects a part's rows that were learned, and are absent or not; returns how many. */
  private int selectLearned(int part, boolean absent) {
    int n = 0;
    for (int i = 0; i < groups.size(part); i++) {
      int row = groups.row(part, i);
      if (examples.count(row) > 0 && examples.isAbsent(row) == absent) {
        selected[n++] = row;
      }
    }
    return n;
  }

  private Occurrences occurrences(int n, boolean[] drawn) {
    long[] fids = new long[n];
    int[] counts = new int[n];
    int[] newCounts = new int[n];
    boolean[] theirs = new boolean[n];
    for (int i = 0; i < n; i++) {
      int row = selected[i];
      fids[i] = examples.fid(row);
      counts[i] = examples.count(row);
      newCounts[i] = examples.newCount(row);
      theirs[i] = drawn[row];
    }
    return new Occurrences(fids, examples.latestTime(), counts, newCounts, theirs);
  }

  private RowDelta delta(int n) {
    long[] fids = new long[n];
    long[] bases = new long[n];
    int[] counts = new int[n];
    int[] pulled = new int[hasGenerations ? n : 0];
    for (int i = 0; i < n; i++) {
      int row = selected[i];
      fids[i] = examples.fid(row);
      bases[i] = base[row];
      counts[i] = examples.count(row);
      if (hasGenerations) {
        pulled[i] = generations[row];
      }
    }
    float[] deltas = new float[packing.width(fids)];
    int at = 0;
    for (int i = 0; i < n; i++) {
      at += packing.pack(fids[i], changes, selected[i] * width, deltas, at);
    }
    return new RowDelta(fids, examples.latestTime(), bases, counts, pulled, deltas);
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
      selected = new int[base.length];
      rows = new float[base.length * width];
      changes = new float[base.length * width];
    }
  }
}
