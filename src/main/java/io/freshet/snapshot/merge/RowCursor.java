package io.freshet.snapshot.merge;

/** Rows and removals by ascending fid, one at a time. */
interface RowCursor extends SortedCursor {
  long updates();

  /** The current row; the array is the cursor's own, and good until the next move. */
  float[] row();
}
