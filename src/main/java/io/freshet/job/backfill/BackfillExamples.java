package io.freshet.job.backfill;

import io.freshet.feature.example.LabeledExample;
import io.freshet.train.RefusedException;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;

/** Labelled examples of before, to be read from the first on as often as wanted. */
interface BackfillExamples extends Serializable {

  /** The examples: the same in the same order each time. */
  Reading open() throws IOException;

  /** A way through them. Not thread-safe. */
  interface Reading extends Closeable {

    /** Whether there is nothing more to read. */
    boolean isOver();

    /** Goes on by a little; not every step comes to an example. */
    Optional<LabeledExample> step() throws IOException;
  }

  /** What a job holds instead that was started again without being told of its recording. */
  static BackfillExamples untold() {
    return () -> {
      throw new RefusedException(
          "the state was taken amid a recording: start with the --from-files or --from-topic, and"
              + " the --epochs, of before");
    };
  }
}
