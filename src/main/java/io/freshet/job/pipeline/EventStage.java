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
import io.freshet.job.state.SavedState;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.LabelStreams;
import io.freshet.join.operator.TaskLabels;
import io.freshet.model.ModelSettings;
import io.freshet.model.Tasks;
import io.freshet.model.dense.ModelShape;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
  private final Map<String, SingleOutputStreamOperator<Click>> clicks =
      new LinkedHashMap<>(); // by topic
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
                clicks.put(
                    topic,
                    SourceRouter.behind(
                            stream,
                            topic.equals(topics.clicks()) ? "clicks" : topic,
                            topic,
                            WireType.of(Click.class),
                            config.join().outOfOrderness(),
                            SourceRouter.NEVER)
                        .uid(Uids.ofTopic(Uids.CLICKS, topic, topics))));
  }

  /** The labeled examples of each task, at the parallelism of the widest source. */
  TaskLabels labels(LearnerConfig config) {
    DataStream<EncodedImpression> shown = impressions;
    if (recorded.isPresent()) {
      shown = shown.union(recorded.get().impressions());
    }
    Histories histories = histories(shown, config);
    List<LabelStreams> labels = new ArrayList<>();
    for (int task = 0; task < config.joins().size(); task++) {
      LabelStreams joined =
          config.join().definition().isInline()
              ? inOrder(shown, config, histories)
              : join(shown, config, task, histories);
      labels.add(joined);
    }
    if (!histories.isEmpty()) {
      LabelStreams acted = labels.get(0);
      for (int task = 0; task < labels.size(); task++) {
        labels.set(task, filled(labels.get(task), acted, config, task, histories));
      }
    }
    return new TaskLabels(labels);
  }

  /** Each task fills its examples, from the actions of the first, as long as they may come. */
  private static LabelStreams filled(
      LabelStreams labels,
      LabelStreams acted,
      LearnerConfig config,
      int task,
      Histories histories) {
    Tasks tasks = config.model().tasks();
    JoinSettings join = config.joins().get(task);
    String name = tasks.nameBehind("HistoryFill", task);
    LabelStreams filled =
        labels.filled(
            acted,
            join,
            histories,
            task,
            name,
            task == 0 ? Optional.of(shape(config)) : Optional.empty());
    filled
        .examples()
        .uid(tasks.nameBehind(Uids.HISTORIES, task))
        .setParallelism(labels.joined().getParallelism());
    return filled;
  }

  /** Changes with the model for which the publisher begins a lineage. */
  private static String shape(LearnerConfig config) {
    ModelSettings model = config.model();
    return ModelShape.of(config.features(), model).text() + " " + model.kind().key();
  }

  /** Of state that has histories, examples that wait for theirs are learned also without. */
  private static Histories histories(DataStream<?> stream, LearnerConfig config) {
    Histories histories = Histories.of(config.features());
    try {
      var flink = stream.getExecutionEnvironment().getConfiguration();
      boolean began = SavedState.of(flink).filter(state -> state.has(Uids.HISTORIES)).isPresent();
      return began ? histories.kept() : histories;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LabelStreams inOrder(
      DataStream<EncodedImpression> shown, LearnerConfig config, Histories histories) {
    LabelStreams labels = LabelStreams.inline(shown, config.join(), histories);
    labels.joined().uid(Uids.EVENT_ORDER).setParallelism(impressions.getParallelism());
    return labels;
  }

  private LabelStreams join(
      DataStream<EncodedImpression> shown, LearnerConfig config, int task, Histories histories) {
    JoinSettings join = config.joins().get(task);
    DataStream<Click> acted =
        join.definition().topics().stream()
            .<DataStream<Click>>map(clicks::get)
            .reduce(DataStream::union)
            .orElseThrow();
    if (recorded.isPresent()) {
      acted = acted.union(recorded.get().clicks());
    }
    int widest =
        clicks.values().stream()
            .mapToInt(DataStream::getParallelism)
            .reduce(impressions.getParallelism(), Math::max);
    String name = config.model().tasks().nameBehind("LabelJoin", task);
    LabelStreams labels = LabelStreams.join(shown, acted, join, histories, task, name);
    String uid = config.model().tasks().nameBehind(Uids.LABEL_JOIN, task);
    labels.joined().uid(uid).setParallelism(widest);
    return labels;
  }

  /** The examples of the join, and the recorded ones. */
  DataStream<LabeledExample> learned(TaskLabels labels) {
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
    for (SingleOutputStreamOperator<Click> router : clicks.values()) {
      all = all.union(router.getSideOutput(tag));
    }
    return all;
  }
}
