package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.EncodedImpression;
import io.freshet.job.backfill.BackfillPosition.Listed;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRouter;
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
public record BackfillSource(BackfillExamples recording, int passes, long until)
    implements Source<
        SourceRecord<EncodedImpression>, BackfillPosition, Collection<BackfillPosition>> {
  private static final long serialVersionUID = 1L;

  public BackfillSource {
    requireNonNull(recording, "recording");
    if (passes < 1) {
      throw new IllegalArgumentException("passes is " + passes + " but must be 1 or more");
    }
  }

  /** What a job holds instead that was started again without being told of its history. */
  public static BackfillSource untold() {
    return new BackfillSource(BackfillExamples.untold(), 1, SourceRouter.NEVER);
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<SourceRecord<EncodedImpression>, BackfillPosition> createReader(
      SourceReaderContext context) {
    return new BackfillReader(this, context::sendSplitRequest);
  }

  @Override
  public SplitEnumerator<BackfillPosition, Collection<BackfillPosition>> createEnumerator(
      SplitEnumeratorContext<BackfillPosition> context) {
    return restoreEnumerator(context, List.of(BackfillPosition.START));
  }

  @Override
  public SplitEnumerator<BackfillPosition, Collection<BackfillPosition>> restoreEnumerator(
      SplitEnumeratorContext<BackfillPosition> context, Collection<BackfillPosition> left) {
    return new BackfillEnumerator(context, left);
  }

  @Override
  public SimpleVersionedSerializer<BackfillPosition> getSplitSerializer() {
    return new BackfillPosition.Serializer();
  }

  @Override
  public SimpleVersionedSerializer<Collection<BackfillPosition>>
      getEnumeratorCheckpointSerializer() {
    return new Listed();
  }
}
