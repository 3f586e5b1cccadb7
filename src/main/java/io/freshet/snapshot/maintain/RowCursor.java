package io.freshet.snapshot.maintain;

import java.io.IOException;

/** Rows and removals by ascending fid, one at a time. */
interface RowCursor {

  /** Moves to the next; false at the end. Before the first call there is no current one. */
  boolean next() throws IOException;

  long fid();

  /** Whether the current fid's row is gone; it has neither updates nor values then. */
  boolean isRemoved();

  long updates();

  /** The current row; the array is the cursor's own, and good until the next move. */
  float[] row();
}
