package io.freshet.train.loop;

import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * The batches of a trainer.
 *
 * <p>A batch is <em>filling</em>, then <em>open</em> (looked up, waiting for rows), then learned,
 * in the order of its number, and then <em>kept</em> until no open batch was looked up before its
 * change was sent: the changes of kept batches are added to an open batch before it is learned, so
 * a trainer always reads its own writes. After that the batch is free to be filled again.
 */
final class InFlightBatches {
  private final Supplier<InFlightBatch> newBatch;
  private final ArrayDeque<InFlightBatch> open = new ArrayDeque<>(); // oldest first
  private final ArrayDeque<InFlightBatch> kept = new ArrayDeque<>(); // oldest first
  private final ArrayDeque<InFlightBatch> free = new ArrayDeque<>();
  private InFlightBatch filling;
  private long opened; // number of the last batch opened
  private long learned; // number of the last batch learned

  InFlightBatches(Supplier<InFlightBatch> newBatch) {
    this.newBatch = newBatch;
    filling = newBatch.get();
  }

  InFlightBatch filling() {
    return filling;
  }

  /** Takes the filling batch; another one begins. */
  InFlightBatch takeFilling() {
    InFlightBatch taken = filling;
    filling = free.isEmpty() ? newBatch.get() : free.poll();
    return taken;
  }

  /** Numbers a batch that was taken, before its lookups are sent. */
  void open(InFlightBatch batch) {
    batch.number(++opened, learned);
    open.add(batch);
  }

  int inFlight() {
    return open.size();
  }

  boolean isEmpty() {
    return filling.examples.isEmpty() && open.isEmpty();
  }

  InFlightBatch opened(long number) {
    for (InFlightBatch batch : open) {
      if (batch.number() == number) {
        return batch;
      }
    }
    throw new IllegalStateException("rows for batch " + number + ", which is not open");
  }

  /** Whether the next batch to learn has all its rows. */
  boolean hasComplete() {
    return !open.isEmpty() && open.peek().isComplete();
  }

  /** Takes the next batch to learn, with the changes of the batches learned meanwhile. */
  InFlightBatch takeComplete() {
    InFlightBatch batch = open.remove();
    for (InFlightBatch earlier : kept) {
      if (earlier.number() > batch.lastIncluded()) {
        batch.addChangesOf(earlier);
      }
    }
    return batch;
  }

  /** Keeps a learned batch while an open one may not include its change. */
  void keep(InFlightBatch batch) {
    learned = batch.number();
    kept.add(batch);
    long includedByAll = open.isEmpty() ? learned : open.peek().lastIncluded();
    while (!kept.isEmpty() && kept.peek().number() <= includedByAll) {
      InFlightBatch done = kept.poll();
      done.examples.clear();
      free.add(done);
    }
  }

  /** The watermark of the newest example that is not learned yet. */
  HeldWatermark newestWatermark() {
    return filling.examples.isEmpty() && !open.isEmpty()
        ? open.peekLast().heldWatermark
        : filling.heldWatermark;
  }
}
