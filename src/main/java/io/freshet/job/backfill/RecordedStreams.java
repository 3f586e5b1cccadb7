package io.freshet.job.backfill;

import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.RecordedId;
import io.freshet.job.backfill.Recorded.Acted;
import io.freshet.job.backfill.Recorded.Labeled;
import io.freshet.job.backfill.Recorded.Shown;
import io.freshet.wire.WireType;
import java.io.Serializable;
import java.util.function.Function;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.Collector;

/**
 * A recording as streams, whose watermark is the recording's.
 *
 * @param impressions for the join
 * @param clicks for the join
 * @param examples that are labeled already
 */
public record RecordedStreams(
    DataStream<EncodedImpression> impressions,
    DataStream<Click> clicks,
    DataStream<LabeledExample> examples) {

  /** The streams of a recording. */
  public static RecordedStreams of(DataStream<Recorded> recording) {
    return new RecordedStreams(
        part(recording, Shown.class, Shown::impression, WireType.of(EncodedImpression.class)),
        part(recording, Acted.class, Acted::click, WireType.of(Click.class)),
        part(recording, Labeled.class, Labeled::example, WireType.of(LabeledExample.class)));
  }

  private interface Part<R, T> extends Function<R, T>, Serializable {}

  private static <R, T> DataStream<T> part(
      DataStream<Recorded> recording, Class<R> kind, Part<R, T> part, TypeInformation<T> type) {
    return recording
        .flatMap(
            (Recorded record, Collector<T> out) -> {
              if (kind.isInstance(record)) {
                out.collect(part.apply(kind.cast(record)));
              }
            })
        .returns(type)
        .setParallelism(1); // in their order
  }

  /** The examples of the join, and those that need no join. */
  public DataStream<LabeledExample> learned(DataStream<LabeledExample> joined) {
    return joined
        .flatMap(RecordedStreams::unshifted)
        .returns(WireType.of(LabeledExample.class))
        .setParallelism(joined.getParallelism()) // in their order
        .union(examples);
  }

  /** Gives examples of recorded impressions their recorded id and time again. */
  static void unshifted(LabeledExample example, Collector<LabeledExample> out) {
    if (!RecordedId.isRecorded(example.impressionId())) {
      out.collect(example);
    } else if (example.isLearned()) {
      RecordedId id = RecordedId.parse(example.impressionId());
      out.collect(
          example.at(example.time() + id.shift()).recorded(id.id(), Recorded.origin(id.pass())));
    }
  }
}
