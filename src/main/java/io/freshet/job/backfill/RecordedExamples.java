package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabeledExample;
import io.freshet.job.backfill.Recorded.Labeled;
import io.freshet.job.example.ExampleFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Labeled examples in files, as a job wrote them. A place is how many were read: they are skipped
 * to go on from there.
 *
 * @param uri a file or a directory
 */
record RecordedExamples(String uri) implements Recording {
  private static final long serialVersionUID = 1L;

  RecordedExamples {
    requireNonNull(uri, "uri");
  }

  /**
   * The latest time of an example, epoch milliseconds; reads them all.
   *
   * @param most that is possible
   * @throws IOException where one is later: all impressions of the stream up to then would count as
   *     recorded
   */
  long latest(long most) throws IOException {
    long latest = Long.MIN_VALUE;
    try (ExampleFiles files = ExampleFiles.at(uri)) {
      while (files.hasNext()) {
        LabeledExample example = files.next();
        if (example.time() > most) {
          throw new IOException(
              "%s: the example of impression %s is of %s, which is in the future: correct its time, or remove it"
                  .formatted(uri, example.impressionId(), Instant.ofEpochMilli(example.time())));
        }
        latest = Math.max(latest, example.time());
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return latest;
  }

  @Override
  public String toString() {
    return uri;
  }

  @Override
  public Reading open(List<Long> place) throws IOException {
    Examples examples = new Examples(ExampleFiles.at(uri));
    for (long skipped = place.isEmpty() ? 0 : place.get(0); skipped > 0; skipped--) {
      examples.next();
    }
    return examples;
  }

  private static final class Examples implements Reading {
    private final ExampleFiles files;
    private long read;

    Examples(ExampleFiles files) {
      this.files = files;
    }

    @Override
    public Optional<Recorded> next() throws IOException {
      if (!files.hasNext()) {
        return Optional.empty();
      }
      read++;
      try {
        return Optional.of(new Labeled(files.next()));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }

    @Override
    public List<Long> place() {
      return List.of(read);
    }

    @Override
    public void close() throws IOException {
      files.close();
    }
  }
}
