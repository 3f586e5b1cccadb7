package io.freshet.model.batch;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A communication batch: examples, and their occurrences resolved to rows local to the batch.
 *
 * <p>Distinct fids are numbered 0 … {@link #rows()} - 1 in order of first appearance; that number
 * is the <em>batch row</em> of the fid, and the rows pulled for the batch are in that order. The
 * batch is filled once, then only read; {@link #clear} makes it ready for reuse without allocating.
 */
public final class MiniBatch {
  private final SharedRows shared;
  private final List<LabeledExample> examples = new ArrayList<>();
  private final LongIndex index = new LongIndex(1024);
  private int[] starts = new int[257]; // of each example's occurrences, and the end of the last
  private int[] rowOf = new int[4096]; // of each occurrence
  private int[] fieldOf = new int[4096];
  private float[] valueOf = new float[4096];
  private int[] counts = new int[1024]; // learned occurrences of each row
  private int[] repeats = new int[0]; // those among them that were learned before, if any
  private final BitSet absent = new BitSet(); // rows that are not there
  private int occurrences;
  private int learned;
  private int learnedOccurrences;
  private long latestTime = Long.MIN_VALUE;

  /** A batch of a model whose fields all have rows of their own. */
  public MiniBatch() {
    this(SharedRows.NONE);
  }

  public MiniBatch(SharedRows shared) {
    this.shared = shared;
  }

  public void add(LabeledExample example) {
    Example features = example.example();
    int n = features.occurrences();
    int learned = example.isLearned() ? 1 : 0;
    boolean isRepeated = example.isRepeated();
    reserve(n);
    long[] fids = features.fids();
    System.arraycopy(features.values(), 0, valueOf, occurrences, n);
    for (int j = 0; j < n; j++) {
      int before = index.size();
      int row = index.add(shared.row(fids[j]));
      if (row == before) {
        startRow(row);
      }
      rowOf[occurrences + j] = row;
      fieldOf[occurrences + j] = Fids.field(fids[j]);
      counts[row] += learned;
      if (isRepeated) {
        noteRepeat(row, learned);
      }
    }
    occurrences += n;
    examples.add(example);
    this.learned += learned;
    learnedOccurrences += learned * n;
    latestTime = Math.max(latestTime, example.time());
    starts[examples.size()] = occurrences;
  }

  public void clear() {
    examples.clear();
    index.clear();
    absent.clear();
    occurrences = 0;
    learned = 0;
    learnedOccurrences = 0;
    latestTime = Long.MIN_VALUE;
  }

  public int size() {
    return examples.size();
  }

  public boolean isEmpty() {
    return examples.isEmpty();
  }

  public LabeledExample example(int i) {
    return examples.get(i);
  }

  public int rows() {
    return index.size();
  }

  public long fid(int row) {
    return index.key(row);
  }

  /** The batch row of a fid, or -1 if no example of the batch holds it. */
  public int rowOf(long fid) {
    return index.find(fid);
  }

  /**
   * How often the row's fid occurs in examples that are learned; 0 if it is only predicted from.
   */
  public int count(int row) {
    return counts[row];
  }

  /** The same without the examples that were learned before. */
  public int newCount(int row) {
    return counts[row] - (row < repeats.length ? repeats[row] : 0);
  }

  /** Notes that a feature has no row: it counts as zero, and is not learned. */
  public void markAbsent(int row) {
    absent.set(row);
  }

  public boolean isAbsent(int row) {
    return absent.get(row);
  }

  public boolean hasAbsent() {
    return !absent.isEmpty();
  }

  public IntStream absentRows() {
    return absent.stream();
  }

  /** Latest event time of an example of the batch, epoch milliseconds. */
  public long latestTime() {
    return latestTime;
  }

  /** Index of the example's first occurrence; {@code start(i + 1)} is one past its last. */
  public int start(int example) {
    return starts[example];
  }

  public int row(int occurrence) {
    return rowOf[occurrence];
  }

  /** The number of the occurrence's field, which may share the row of another. */
  public int field(int occurrence) {
    return fieldOf[occurrence];
  }

  /** Whether the row belongs to the occurrence's field, and so does its first-order weight. */
  public boolean hasOwnRow(int occurrence) {
    return shared == SharedRows.NONE || fieldOf[occurrence] == Fids.field(fid(rowOf[occurrence]));
  }

  public float value(int occurrence) {
    return valueOf[occurrence];
  }

  public int learned() {
    return learned;
  }

  public long learnedOccurrences() {
    return learnedOccurrences;
  }

  public int occurrences() {
    return occurrences;
  }

  private void startRow(int row) {
    if (row == counts.length) {
      counts = Arrays.copyOf(counts, 2 * row);
    }
    counts[row] = 0;
    if (row < repeats.length) {
      repeats[row] = 0;
    }
  }

  private void noteRepeat(int row, int learned) {
    if (row >= repeats.length) {
      repeats = Arrays.copyOf(repeats, counts.length);
    }
    repeats[row] += learned;
  }

  private void reserve(int n) {
    if (examples.size() + 1 == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    if (occurrences + n > rowOf.length) {
      int length = Math.max(2 * rowOf.length, occurrences + n);
      rowOf = Arrays.copyOf(rowOf, length);
      fieldOf = Arrays.copyOf(fieldOf, length);
      valueOf = Arrays.copyOf(valueOf, length);
    }
  }
}
