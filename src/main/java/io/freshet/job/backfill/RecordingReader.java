package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a {@link RecordingSource}, a record at a time. Records go to the output of the split, which
 * Flink makes when it assigns the split and whose watermark it waits for.
 */
final class RecordingReader implements SourceReader<Recorded, RecordingPosition> {
  private static final Logger LOG = LoggerFactory.getLogger(RecordingReader.class);

  private final RecordingSource source;
  private CompletableFuture<Void> available = new CompletableFuture<>();
  private RecordingPosition position; // where the reading began; null before it is assigned
  private Recording.Reading reading; // null before a pass and after the last
  private long records; // of the pass, since the start

  RecordingReader(RecordingSource source) {
    this.source = requireNonNull(source, "source");
  }

  /**
   * Opens what is read, so that a job which cannot go on is refused before it runs: a task that
   * fails while a message is on its way to it is restarted by Flink, whatever it failed for.
   */
  @Override
  public void addSplits(List<RecordingPosition> splits) {
    if (position == null) {
      position = splits.get(0);
      try {
        if (!position.equals(RecordingPosition.END)) {
          open();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      available.complete(null);
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Recorded> output) throws IOException {
    if (position == null) {
      return InputStatus.NOTHING_AVAILABLE;
    }
    SourceOutput<Recorded> own = output.createOutputForSplit(position.splitId());
    if (position.equals(RecordingPosition.END)) {
      own.markIdle();
      output.markIdle();
      available = new CompletableFuture<>(); // for good
      return InputStatus.NOTHING_AVAILABLE;
    }
    if (reading == null) {
      open();
    }
    Optional<Recorded> next = reading.next();
    if (next.isPresent()) {
      Recorded record = source.inPass(position.pass(), next.get());
      own.collect(record, record.time());
      records++;
    } else {
      endPass();
    }
    return InputStatus.MORE_AVAILABLE;
  }

  private void open() throws IOException {
    reading = source.recording().open(position.place());
    records = 0;
    LOG.info(
        "Pass {} of {} over {} begins at {}",
        position.pass(),
        source.passes(),
        source.recording(),
        position.place().isEmpty() ? "its start" : "place " + position.place());
  }

  private void endPass() throws IOException {
    reading.close();
    reading = null;
    LOG.info("Pass {} is over, after {} records", position.pass(), records);
    position =
        position.pass() < source.passes()
            ? new RecordingPosition(position.pass() + 1, List.of())
            : RecordingPosition.END;
  }

  @Override
  public List<RecordingPosition> snapshotState(long checkpointId) {
    if (reading != null) {
      position = new RecordingPosition(position.pass(), reading.place());
    }
    return position == null ? List.of() : List.of(position);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return available;
  }

  /** Alignment stops the whole reader, as it does where there is one split. */
  @Override
  public void pauseOrResumeSplits(Collection<String> pause, Collection<String> resume) {}

  @Override
  public void start() {}

  @Override
  public void notifyNoMoreSplits() {}

  @Override
  public void close() throws IOException {
    if (reading != null) {
      reading.close();
    }
  }
}
