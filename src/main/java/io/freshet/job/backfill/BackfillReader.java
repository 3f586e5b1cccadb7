package io.freshet.job.backfill;

import io.freshet.feature.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Origin;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRecord.Past;
import io.freshet.job.source.SourceRecord.Tick;
import java.io.IOException;
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
 * Reads a {@link BackfillSource}, a few steps at a time, so that barriers come in between; also on
 * the way back to where a restart goes on.
 *
 * <p>Records go to the split's own output, which Flink makes when it assigns the split and asks for
 * its watermark until it is given back.
 *
 * <p>It asks for a split only when it has none. An answer under way to a reader that fails would be
 * a failure of its own, one that restarts the job, where the reader's may say that it should end.
 *
 * <p>At its end it is not available any more: HybridSource would ask it again and again until all
 * subtasks have come to theirs, and send the coordinator a message each time.
 */
final class BackfillReader
    implements SourceReader<SourceRecord<EncodedImpression>, BackfillPosition> {
  private static final Logger LOG = LoggerFactory.getLogger(BackfillReader.class);
  private static final int STEPS = 256;

  private final BackfillSource history;
  private final Runnable ask; // for a split
  private CompletableFuture<Void> available = CompletableFuture.completedFuture(null);
  private BackfillPosition position; // null while there is none, and at the end
  private BackfillExamples.Reading reading; // of the pass; null before its first step
  private long read; // examples of the pass, those read before a restart too
  private boolean asked;
  private boolean nothingElse;

  BackfillReader(BackfillSource history, Runnable ask) {
    this.history = history;
    this.ask = ask;
  }

  /** Asks nothing yet: a place in state comes after this. */
  @Override
  public void start() {}

  @Override
  public InputStatus pollNext(ReaderOutput<SourceRecord<EncodedImpression>> output)
      throws IOException {
    if (position == null) {
      return rest();
    }
    SourceOutput<SourceRecord<EncodedImpression>> own =
        output.createOutputForSplit(position.splitId());
    if (reading == null) {
      open(own);
    }
    for (int step = 0; step < STEPS && !reading.isOver(); step++) {
      Optional<LabeledExample> next = reading.step();
      if (next.isPresent() && ++read > position.examples()) {
        position = new BackfillPosition(position.pass(), read);
        own.collect(new Past<>(next.get().recorded(origin())));
        return InputStatus.MORE_AVAILABLE;
      }
    }
    if (reading.isOver()) {
      endPass(output);
    }
    return position == null ? rest() : InputStatus.MORE_AVAILABLE;
  }

  private InputStatus rest() {
    if (available.isDone()) {
      available = new CompletableFuture<>();
    }
    if (!asked && !nothingElse) {
      asked = true;
      ask.run();
    }
    return nothingElse ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
  }

  private void open(SourceOutput<SourceRecord<EncodedImpression>> output) throws IOException {
    LOG.info(
        "pass {} of {} over {}, from example {} on",
        position.pass(),
        history.passes(),
        history.recording(),
        position.examples());
    reading = history.recording().open();
    read = 0;
    output.collect(new Tick<>(history.until()));
  }

  private Origin origin() {
    return position.pass() == 1 ? Origin.RECORDED : Origin.REPEATED;
  }

  private void endPass(ReaderOutput<?> output) throws IOException {
    reading.close();
    reading = null;
    LOG.info("pass {} is over, with {} examples", position.pass(), read);
    if (position.pass() < history.passes()) {
      position = new BackfillPosition(position.pass() + 1, 0);
    } else {
      output.releaseOutputForSplit(position.splitId());
      position = null;
      asked = false;
    }
  }

  @Override
  public List<BackfillPosition> snapshotState(long checkpointId) {
    return position == null ? List.of() : List.of(position);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return position == null ? available : CompletableFuture.completedFuture(null);
  }

  @Override
  public void addSplits(List<BackfillPosition> splits) {
    position = splits.get(0);
    available.complete(null);
  }

  @Override
  public void notifyNoMoreSplits() {
    nothingElse = true;
    available.complete(null);
  }

  @Override
  public void close() throws IOException {
    if (reading != null) {
      reading.close();
    }
  }
}
