package io.freshet.train.loop;

import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * The batches of a trainer through their life.
 *
 * <p>A batch is <em>filling</em>, then <em>open</em> (looked up, waiting for rows), then learned,
 * in the order of its number, and then <em>remembered</em> until no open batch was looked up before
 * its movement was sent: an open batch is brought up to date with these before it is learned, so a
 * trainer always reads its own writes. After that it is free to be filled again.
 */
final class InFlightBatches {
  private final Supplier<InFlightBatch> newBatch;
  private final ArrayDeque<InFlightBatch> open = new ArrayDeque<>(); // oldest first
  private final ArrayDeque<InFlightBatch> remembered = new ArrayDeque<>(); // oldest first
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

  /** Takes the batch that is filling out of the way; another one begins. */
  InFlightBatch takeFilling() {
    InFlightBatch taken = filling;
    filling = free.isEmpty() ? newBatch.get() : free.poll();
    return taken;
  }

  /** Numbers a batch that was taken: its lookups go out now. */
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

  /** Whether the batch whose turn it is to be learned has all its rows. */
  boolean hasComplete() {
    return !open.isEmpty() && open.peek().isComplete();
  }

  /** Takes the batch whose turn it is, brought up to date with what was learned meanwhile. */
  InFlightBatch takeComplete() {
    InFlightBatch batch = open.remove();
    for (InFlightBatch earlier : remembered) {
      if (earlier.number() > batch.lastKnown()) {
        batch.addMovesOf(earlier);
      }
    }
    return batch;
  }

  /** Remembers a batch that was learned, for as long as an open one may not know of it. */
  void remember(InFlightBatch batch) {
    learned = batch.number();
    remembered.add(batch);
    long knownToAll = open.isEmpty() ? learned : open.peek().lastKnown();
    while (!remembered.isEmpty() && remembered.peek().number() <= knownToAll) {
      InFlightBatch forgotten = remembered.poll();
      forgotten.examples.clear();
      free.add(forgotten);
    }
  }

  /** Where a watermark waits: with the newest example held. */
  HeldWatermark newestWatermark() {
    return filling.examples.isEmpty() && !open.isEmpty()
        ? open.peekLast().heldWatermark
        : filling.heldWatermark;
  }
}
