package io.freshet.snapshot.merge;

import java.io.IOException;

/** Entries and removals by ascending id, one at a time. */
interface SortedCursor {

  /** Moves to the next; false at the end. Before the first call there is no current one. */
  boolean next() throws IOException;

  long fid();

  /** Whether the entry of the current id is gone; it has nothing but its id then. */
  boolean isRemoved();
}
