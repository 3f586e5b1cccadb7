package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads a recording a number of times, one pass after the other, as the older part of the stream:
 * each pass is earlier in event time than the next, and the last is at its recorded time. So the
 * join and the loop behind it treat recorded and live events alike, and watermark alignment holds
 * back the topics until the recording is over.
 *
 * <p>One subtask reads it. A checkpoint holds the pass and the place in it. At the end the source
 * is idle but does not finish: the watermark of a finished source is the end of time, which the
 * join would take over as soon as the topics next to it are idle.
 *
 * @param passes 1 or more
 * @param distance from one pass to the next, in milliseconds: more than the recording spans
 * @param until impressions up to this time are learned from the recording, epoch milliseconds
 */
public record RecordingSource(Recording recording, int passes, long distance, long until)
    implements Source<Recorded, RecordingPosition, RecordingPosition> {
  private static final long serialVersionUID = 1L;

  public RecordingSource {
    requireNonNull(recording, "recording");
    if (passes < 1) {
      throw new IllegalArgumentException("passes is " + passes + "; expected 1 or more");
    }
  }

  /** What a job has that was restarted without its recording. */
  public static RecordingSource missing(long until) {
    return new RecordingSource(Recording.missing(), 1, 0, until);
  }

  /** A record as a pass has it. */
  Recorded inPass(int pass, Recorded record) {
    return record.inPass(pass, (passes - pass) * distance);
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<Recorded, RecordingPosition> createReader(SourceReaderContext context) {
    return new RecordingReader(this);
  }

  @Override
  public SplitEnumerator<RecordingPosition, RecordingPosition> createEnumerator(
      SplitEnumeratorContext<RecordingPosition> context) {
    return new Enumerator(context);
  }

  @Override
  public SplitEnumerator<RecordingPosition, RecordingPosition> restoreEnumerator(
      SplitEnumeratorContext<RecordingPosition> context, RecordingPosition none) {
    return new Enumerator(context);
  }

  @Override
  public SimpleVersionedSerializer<RecordingPosition> getSplitSerializer() {
    return new RecordingPosition.Serializer();
  }

  @Override
  public SimpleVersionedSerializer<RecordingPosition> getEnumeratorCheckpointSerializer() {
    return new RecordingPosition.Serializer();
  }

  /** Offers the beginning to each reader; one that has a position already does not take it. */
  private record Enumerator(SplitEnumeratorContext<RecordingPosition> context)
      implements SplitEnumerator<RecordingPosition, RecordingPosition> {
    @Override
    public void addReader(int subtask) {
      context.assignSplit(RecordingPosition.START, subtask);
    }

    @Override
    public RecordingPosition snapshotState(long checkpointId) {
      return RecordingPosition.START;
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<RecordingPosition> positions, int subtask) {} // offered again

    @Override
    public void close() throws IOException {}
  }
}
