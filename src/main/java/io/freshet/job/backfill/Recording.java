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

  /** Reads the recording in the same order each time. Not thread-safe. */
  interface Reading extends Closeable {

    /** The next record; empty at the end. */
    Optional<Recorded> next() throws IOException;

    /** Where the next record is. */
    List<Long> place();
  }

  /** What a job has that was restarted without its recording. */
  static Recording missing() {
    return place -> {
      throw new RefusedException(
          "the state was taken in the middle of a recording: start with the same --from-files or"
              + " --from-topic, and the same --epochs, as before");
    };
  }
}
