package io.freshet.job.backfill;

import io.freshet.train.RefusedException;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** Recorded events, or labeled examples, that can be read again and from any place. */
interface Recording extends Serializable {

  /**
   * Reads on from a place.
   *
   * @param place empty for the beginning
   * @throws RefusedException where the recording is not that of the place
   */
  Reading open(List<Long> place) throws IOException;

  /**
   * Refuses a job that has to read on and has no recording. Before it runs: Flink restarts a task
   * that fails while messages are on their way to it, whatever it failed for.
   */
  default void require() {}

  /** Reads the recording in the same order each time. Not thread-safe. */
  interface Reading extends Closeable {

    /** The next record; empty at the end. */
    Optional<Recorded> next() throws IOException;

    /** Where the next record is. */
    List<Long> place();
  }

  /** What a job has that was restarted without its recording. */
  static Recording missing() {
    return new Recording() {
      private static final long serialVersionUID = 1L;

      @Override
      public Reading open(List<Long> place) {
        throw new RefusedException(
            "the state was taken in the middle of a recording: start with the same --from-files or"
                + " --from-topic, and the same --epochs, as before");
      }

      @Override
      public void require() {
        open(List.of());
      }
    };
  }
}
