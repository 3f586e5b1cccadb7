package io.freshet.train.table;

import java.util.Arrays;

/**
 * Which slot of a full cache goes next: the rule of 2Q and S3-FIFO (Johnson and Shasha 1994, VLDB;
 * Yang et al. 2023, SOSP), with one queue less.
 *
 * <p>Most features of a stream are rare: a row that is loaded for one of them will not be asked for
 * again while it is in memory, but would stay for as long as one that is asked for in every batch.
 * So a row is first on trial, in a queue of a tenth of the slots. At the end of the queue it goes,
 * unless it was asked for again meanwhile: then it has proved itself, and another of the proved
 * ones goes, which a clock hand chooses. The hand passes over a slot as often as it was asked for
 * since, three times at most. With ids from Zipf(1.05) and room for a twentieth of them, that saves
 * a quarter of the misses of a clock alone.
 *
 * <p>Slots of the call under way never go. A mark is an int, so that a use waits for memory once:
 * the number of the last call, whether the slot is on trial, and how often it was asked for.
 */
final class EvictionPolicy {
  /** There is no slot that could go. */
  static final int NONE = -1;

  private static final int ON_TRIAL = 4;
  private static final int USES = 3; // the mask and the most
  private static final int CALL = 3; // bits that the call is shifted by
  private static final int TRIAL_SHARE = 10;

  private final int[] trial; // a ring of slots, oldest first
  private int trialLength;
  private int oldest;
  private int onTrial;
  private int[] marks; // by slot; 0 of slots without a row
  private int call = 1 << CALL;
  private int hand;

  /** For so many slots to begin with, and at most. */
  EvictionPolicy(int slots, int capacity) {
    trial = new int[Math.max(1, capacity / 2)];
    trialLength = Math.max(1, capacity / TRIAL_SHARE);
    marks = new int[slots];
  }

  /** From here on slots belong to another call. */
  void beginCall() {
    call += 1 << CALL;
    if (call == 0) {
      call = 1 << CALL;
    }
  }

  /** A slot is used by the call; it counts for it if it was asked for. */
  void used(int slot, boolean askedFor) {
    int mark = marks[slot];
    int more = askedFor && (mark & USES) < USES ? 1 : 0;
    marks[slot] = call | (mark & (ON_TRIAL | USES)) + more;
  }

  /** A slot has received a row, because it was asked for or else is to change. */
  void entered(int slot, boolean askedFor) {
    if (!askedFor && trialLength < trial.length) {
      trialLength++;
    }
    if (onTrial == trialLength) {
      prove(takeOldest());
    }
    int end = oldest + onTrial;
    trial[end < trial.length ? end : end - trial.length] = slot;
    onTrial++;
    marks[slot] = call | ON_TRIAL;
  }

  /** A slot has lost its row. */
  void left(int slot) {
    marks[slot] = 0;
  }

  /**
   * Takes the slot that goes; {@link #NONE} if the call uses them all.
   *
   * @param size slots that ever held a row, all of which hold one now
   */
  int next(int size) {
    int proved = onTrial < trialLength ? nextProved(size) : NONE;
    return proved != NONE ? proved : nextOnTrial(size);
  }

  private int nextOnTrial(int size) {
    while (onTrial > 0) {
      int slot = takeOldest();
      if (isOfCall(slot) || (marks[slot] & USES) > 0) {
        prove(slot);
        int other = nextProved(size);
        if (other != NONE) {
          return other;
        }
      } else if ((marks[slot] & ON_TRIAL) != 0) {
        return slot;
      }
    }
    return nextProved(size);
  }

  private int takeOldest() {
    int slot = trial[oldest];
    oldest = oldest + 1 == trial.length ? 0 : oldest + 1;
    onTrial--;
    return slot;
  }

  private void prove(int slot) {
    marks[slot] &= ~(ON_TRIAL | USES);
  }

  private int nextProved(int size) {
    for (long passed = 0; passed <= (USES + 1L) * size; passed++) {
      int slot = hand;
      hand = hand + 1 == size ? 0 : hand + 1;
      if ((marks[slot] & ON_TRIAL) == 0 && !isOfCall(slot)) {
        if ((marks[slot] & USES) == 0) {
          return slot;
        }
        marks[slot]--;
      }
    }
    return NONE;
  }

  private boolean isOfCall(int slot) {
    return (marks[slot] & -(1 << CALL)) == call;
  }

  /** What it takes of the heap. */
  long bytes() {
    return (long) Integer.BYTES * (marks.length + trial.length);
  }

  void grow(int slots) {
    marks = Arrays.copyOf(marks, slots);
  }
}
