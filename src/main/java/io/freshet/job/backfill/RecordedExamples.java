package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabeledExample;
import io.freshet.job.example.ExampleFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Labelled examples in files, as a job wrote them.
 *
 * @param uri a file or a directory
 */
record RecordedExamples(String uri) implements BackfillExamples {
  private static final long serialVersionUID = 1L;

  RecordedExamples {
    requireNonNull(uri, "uri");
  }

  /** The latest time of an example, epoch milliseconds; reads them all. */
  long latest() throws IOException {
    long latest = Long.MIN_VALUE;
    try (Reading reading = open()) {
      while (!reading.isOver()) {
        latest = Math.max(latest, reading.step().orElseThrow().time());
      }
    }
    return latest;
  }

  @Override
  public String toString() {
    return uri;
  }

  @Override
  public Reading open() throws IOException {
    ExampleFiles files = ExampleFiles.at(uri);
    return new Reading() {
      @Override
      public boolean isOver() {
        return !files.hasNext();
      }

      @Override
      public Optional<LabeledExample> step() throws IOException {
        try {
          return Optional.of(files.next());
        } catch (UncheckedIOException e) {
          throw e.getCause();
        }
      }

      @Override
      public void close() throws IOException {
        files.close();
      }
    };
  }
}
