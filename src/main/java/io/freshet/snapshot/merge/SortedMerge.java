package io.freshet.snapshot.merge;

import java.io.IOException;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Several sorted sequences of entries and removals as one: of each id what the newest sequence
 * says. A merge by a heap of the sequences' heads.
 *
 * @param <C> the sequences
 */
final class SortedMerge<C extends SortedCursor> {
  private final PriorityQueue<Head<C>> heads = new PriorityQueue<>();
  private Head<C> current;

  /**
   * @param oldestFirst the sequences by age
   */
  SortedMerge(List<? extends C> oldestFirst) throws IOException {
    for (int age = 0; age < oldestFirst.size(); age++) {
      C sequence = oldestFirst.get(age);
      if (sequence.next()) {
        heads.add(new Head<C>(sequence, age).moved());
      }
    }
  }

  /** Moves to the next id; false at the end. */
  boolean next() throws IOException {
    if (current != null) {
      advance(current);
    }
    current = heads.poll();
    while (current != null && !heads.isEmpty() && heads.peek().fid == current.fid) {
      advance(heads.poll()); // an older word on the same id
    }
    return current != null;
  }

  /** The sequence whose entry or removal counts for the current id. */
  C current() {
    return current.sequence;
  }

  private void advance(Head<C> head) throws IOException {
    if (head.sequence.next()) {
      if (head.sequence.fid() <= head.fid) {
        throw new IOException(
            "%s is not sorted: %s comes after %s"
                .formatted(head.sequence, head.sequence.fid(), head.fid));
      }
      heads.add(head.moved());
    }
  }

  /** Where a sequence stands; by id, then the newest first. */
  private static final class Head<C extends SortedCursor> implements Comparable<Head<C>> {
    private final C sequence;
    private final int age; // the higher, the newer
    private long fid;

    Head(C sequence, int age) {
      this.sequence = sequence;
      this.age = age;
    }

    Head<C> moved() {
      fid = sequence.fid();
      return this;
    }

    @Override
    public int compareTo(Head<C> that) {
      int byFid = Long.compare(fid, that.fid);
      return byFid != 0 ? byFid : Integer.compare(that.age, age);
    }
  }
}
