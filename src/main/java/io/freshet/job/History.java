package io.freshet.job;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.EncodedImpression;
import io.freshet.job.HistoryPosition.Listed;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * What a job learns before its stream: a recording, so many times over, as the first part of the
 * source of impressions. The stream is read when the last pass is over.
 *
 * <p>One subtask reads it, in order. A checkpoint holds the pass and how many of its examples were
 * read; a restart reads on from there.
 *
 * @param passes 1 or more
 * @param until the end of the recording in the stream's time, epoch milliseconds: where its
 *     watermark stands meanwhile, so that no other topic is read far ahead
 */
record History(Recording recording, int passes, long until)
    implements Source<
        SourceRecord<EncodedImpression>, HistoryPosition, Collection<HistoryPosition>> {
  private static final long serialVersionUID = 1L;

  History {
    requireNonNull(recording, "recording");
    if (passes < 1) {
      throw new IllegalArgumentException("passes is " + passes + " but must be 1 or more");
    }
  }

  /** What a job holds instead that was started again without being told of its history. */
  static History untold() {
    return new History(Recording.untold(), 1, SourceRouter.NEVER);
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<SourceRecord<EncodedImpression>, HistoryPosition> createReader(
      SourceReaderContext context) {
    return new HistoryReader(this, context::sendSplitRequest);
  }

  @Override
  public SplitEnumerator<HistoryPosition, Collection<HistoryPosition>> createEnumerator(
      SplitEnumeratorContext<HistoryPosition> context) {
    return restoreEnumerator(context, List.of(HistoryPosition.START));
  }

  @Override
  public SplitEnumerator<HistoryPosition, Collection<HistoryPosition>> restoreEnumerator(
      SplitEnumeratorContext<HistoryPosition> context, Collection<HistoryPosition> left) {
    return new HistoryEnumerator(context, left);
  }

  @Override
  public SimpleVersionedSerializer<HistoryPosition> getSplitSerializer() {
    return new HistoryPosition.Serializer();
  }

  @Override
  public SimpleVersionedSerializer<Collection<HistoryPosition>>
      getEnumeratorCheckpointSerializer() {
    return new Listed();
  }
}
