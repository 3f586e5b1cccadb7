package io.freshet.job.pipeline;

import io.freshet.config.KafkaSettings.Topics;
import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.RecordedId;
import io.freshet.feature.history.Histories;
import io.freshet.job.backfill.RecordedStreams;
import io.freshet.job.deadletter.DeadLetter;
import io.freshet.job.pipeline.LearnerTopology.Events;
import io.freshet.job.source.SourceOffset;
import io.freshet.job.source.SourceRouter;
import io.freshet.join.operator.LabelStreams;
import io.freshet.wire.WireType;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/** The part of the graph that takes events: a router behind each source. */
final class EventStage {
  private final SingleOutputStreamOperator<EncodedImpression> impressions;
  private final List<SingleOutputStreamOperator<Click>> clicks = new ArrayList<>();
  private final Optional<RecordedStreams> recorded;

  EventStage(LearnerConfig config, Events events) {
    Topics topics = config.kafka().topics();
    recorded = events.recorded().map(RecordedStreams::of);
    impressions =
        SourceRouter.behind(
                events.impressions(),
                "impressions",
                topics.impressions(),
                WireType.of(EncodedImpression.class),
                config.join().outOfOrderness(),
                events.recordedUntil())
            .uid(Uids.IMPRESSIONS);
    events
        .clicks()
        .forEach(
            (topic, stream) ->
                clicks.add(
                    SourceRouter.behind(
                            stream,
                            topic.equals(topics.clicks()) ? "clicks" : topic,
                            topic,
                            WireType.of(Click.class),
                            config.join().outOfOrderness(),
                            SourceRouter.NEVER)
                        .uid(Uids.ofTopic(Uids.CLICKS, topic, topics))));
  }

  /** The labeled examples, at the parallelism of the widest source. */
  LabelStreams labels(LearnerConfig config) {
    DataStream<EncodedImpression> shown = impressions;
    if (recorded.isPresent()) {
      shown = shown.union(recorded.get().impressions());
    }
    Histories histories = Histories.of(config.features());
    LabelStreams labels =
        config.join().definition().isInline()
            ? inOrder(shown, config, histories)
            : join(shown, config, histories);
    if (histories.isEmpty()) {
      return labels;
    }
    LabelStreams filled = labels.filled(config.join(), histories);
    filled.examples().uid(Uids.HISTORIES).setParallelism(labels.joined().getParallelism());
    return filled;
  }

  private LabelStreams inOrder(
      DataStream<EncodedImpression> shown, LearnerConfig config, Histories histories) {
    LabelStreams labels = LabelStreams.inline(shown, config.join(), histories);
    labels.joined().uid(Uids.EVENT_ORDER).setParallelism(impressions.getParallelism());
    return labels;
  }

  private LabelStreams join(
      DataStream<EncodedImpression> shown, LearnerConfig config, Histories histories) {
    DataStream<Click> acted =
        clicks.stream().<DataStream<Click>>map(c -> c).reduce(DataStream::union).orElseThrow();
    if (recorded.isPresent()) {
      acted = acted.union(recorded.get().clicks());
    }
    int widest =
        clicks.stream()
            .mapToInt(DataStream::getParallelism)
            .reduce(impressions.getParallelism(), Math::max);
    LabelStreams labels = LabelStreams.join(shown, acted, config.join(), histories);
    labels.joined().uid(Uids.LABEL_JOIN).setParallelism(widest);
    return labels;
  }

  /** The examples of the join, and the recorded ones. */
  DataStream<LabeledExample> learned(LabelStreams labels) {
    return recorded.map(streams -> streams.learned(labels.examples())).orElse(labels.examples());
  }

  /** What is not of recorded impressions: the others have no results, but that they are learned. */
  <T> DataStream<T> live(DataStream<T> stream, IdOf<T> id) {
    return recorded.isEmpty()
        ? stream
        : stream
            .filter(each -> !RecordedId.isRecorded(id.apply(each)))
            .setParallelism(stream.getParallelism()); // in their order
  }

  /** The impression's id in a result. */
  interface IdOf<T> extends Function<T, String>, Serializable {}

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
    DataStream<T> all = impressions.getSideOutput(tag);
    for (SingleOutputStreamOperator<Click> router : clicks) {
      all = all.union(router.getSideOutput(tag));
    }
    return all;
  }
}
