package io.freshet.job.pipeline;

import io.freshet.config.KafkaSettings.Topics;
import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.backfill.BackfillSource;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.pipeline.LearnerTopology.Events;
import io.freshet.job.source.SourceOffset;
import io.freshet.job.source.SourceRouter;
import io.freshet.join.operator.LabelStreams;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/** The part of the graph that takes events: a router behind each source. */
final class EventStage {
  private final SingleOutputStreamOperator<EncodedImpression> impressions;
  private final List<SingleOutputStreamOperator<Click>> clicks = new ArrayList<>();
  private final boolean hasRecording;

  EventStage(LearnerConfig config, Events events) {
    Topics topics = config.kafka().topics();
    hasRecording = events.history().isPresent();
    long recordedUntil = events.history().map(BackfillSource::until).orElse(SourceRouter.NEVER);
    impressions =
        SourceRouter.behind(
                events.impressions(),
                topics.impressions(),
                WireType.of(EncodedImpression.class),
                recordedUntil)
            .uid(Uids.IMPRESSIONS);
    events
        .clicks()
        .forEach(
            (topic, stream) ->
                clicks.add(
                    SourceRouter.behind(stream, topic, WireType.of(Click.class), SourceRouter.NEVER)
                        .uid(Uids.ofTopic(Uids.CLICKS, topic, topics))));
  }

  /** The labeled examples, at the parallelism of the widest source. */
  LabelStreams join(LearnerConfig config) {
    LabelStreams labels =
        LabelStreams.join(impressions, union(clicks, stream -> stream), config.join());
    int parallelism =
        clicks.stream()
            .mapToInt(DataStream::getParallelism)
            .reduce(impressions.getParallelism(), Math::max);
    labels.examples().uid(Uids.LABEL_JOIN).setParallelism(parallelism);
    return labels;
  }

  /** Examples of the join together with those of a recording. */
  DataStream<LabeledExample> withRecorded(DataStream<LabeledExample> examples) {
    return hasRecording ? examples.union(impressions.getSideOutput(SourceRouter.PAST)) : examples;
  }

  DataStream<DeadLetter> deadLetters() {
    return all(SourceRouter.DEAD_LETTERS);
  }

  /** How far each partition is read, before each barrier. */
  DataStream<SourceOffset> offsets() {
    return all(SourceRouter.OFFSETS);
  }

  /** Texts of feature ids. */
  DataStream<Map<Long, String>> texts() {
    return impressions.getSideOutput(SourceRouter.NAMES);
  }

  private <T> DataStream<T> all(OutputTag<T> tag) {
    return impressions.getSideOutput(tag).union(union(clicks, router -> router.getSideOutput(tag)));
  }

  private static <S, T> DataStream<T> union(List<S> streams, Function<S, DataStream<T>> part) {
    return streams.stream().map(part).reduce(DataStream::union).orElseThrow();
  }
}
