package io.freshet.serve.model;

import java.io.IOException;

/** Takes the changes that a version makes to the rows, in order. */
public interface RowSink {

  /** Takes {@code rows[at …]} as the row of an id, in place of any that is there. */
  void put(long fid, float[] rows, int at) throws IOException;

  /** Removes the row of an id, if there is one. */
  void remove(long fid) throws IOException;
}
