package io.freshet.snapshot.merge;

import io.freshet.snapshot.format.TensorCursor;
import java.io.IOException;

/** The ids of one file, those that it removes among them, ascending. */
final class IdCursor {
  private final TensorCursor ids;
  private final TensorCursor removals;

  private boolean started;
  private long nextId;
  private long nextRemoved;
  private boolean hasId;
  private boolean hasRemoved;
  private long id;
  private boolean isRemoved;

  IdCursor(TensorCursor ids, TensorCursor removals) {
    this.ids = ids;
    this.removals = removals;
  }

  boolean next() throws IOException {
    if (!started) {
      started = true;
      advanceId();
      advanceRemoved();
    }
    if (!hasId && !hasRemoved) {
      return false;
    }
    isRemoved = !hasId || hasRemoved && nextRemoved < nextId;
    id = isRemoved ? nextRemoved : nextId;
    if (isRemoved) {
      advanceRemoved();
    } else {
      advanceId();
    }
    return true;
  }

  long id() {
    return id;
  }

  boolean isRemoved() {
    return isRemoved;
  }

  private void advanceId() throws IOException {
    hasId = ids.hasNext();
    if (hasId) {
      nextId = ids.nextLong();
    }
  }

  private void advanceRemoved() throws IOException {
    hasRemoved = removals.hasNext();
    if (hasRemoved) {
      nextRemoved = removals.nextLong();
    }
  }
}
