package io.freshet.job.pipeline;

import io.freshet.config.KafkaSettings;
import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.backfill.Backfill;
import io.freshet.job.backfill.BackfillSource;
import io.freshet.job.pipeline.LearnerTopology.Events;
import io.freshet.job.pipeline.LearnerTopology.Results;
import io.freshet.job.sink.AnnouncementTopic;
import io.freshet.job.sink.ExampleSinks;
import io.freshet.job.sink.MetricsSerializer;
import io.freshet.job.sink.OutputTopics;
import io.freshet.job.sink.TopicSinks;
import io.freshet.job.source.EventSources;
import io.freshet.job.source.EventTopic;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRecordCodec;
import io.freshet.job.source.SourceRouter;
import io.freshet.kafka.TopicAdmin;
import io.freshet.train.InitialModel;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.base.source.hybrid.HybridSource;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The learner on Kafka: the topology with the sources and sinks that the configuration names. */
public final class LearnerJob {
  private final LearnerConfig config;
  private final boolean bounded;
  private Optional<Sink<LabeledExample>> examples = Optional.empty();
  private InitialModel start = InitialModel.PLAIN;
  private Optional<Backfill> before = Optional.empty();

  /**
   * @param bounded whether to end at what is the end of the topics at the start
   */
  public LearnerJob(LearnerConfig config, boolean bounded) {
    this.config = config;
    this.bounded = bounded;
  }

  /** Sends the labelled examples to a sink too. */
  public LearnerJob withExamples(Sink<LabeledExample> sink) {
    examples = Optional.of(sink);
    return this;
  }

  /**
   * Starts the model from a published version, where there is no state to start from.
   *
   * @param place the snapshots' root for its current version, or {@code ROOT/VERSION}
   * @throws RefusedException where the version is of another model
   * @throws IOException where there is no such version
   */
  public LearnerJob fromSnapshot(String place) throws IOException {
    start = start.from(SnapshotInitialModel.of(place, config));
    return this;
  }

  /** Converts state of other settings, where it would be refused else. */
  public LearnerJob migrating() {
    start = start.migrating();
    return this;
  }

  /** Learns something before the stream, where there is no state to start from. */
  public LearnerJob learningFirst(Backfill what) {
    before = Optional.of(what);
    return this;
  }

  /** The environment to run in: the cluster's when submitted to one, otherwise this process. */
  public StreamExecutionEnvironment environment(Configuration more) {
    Configuration flink = FlinkSettings.of(config);
    flink.addAll(more);
    return StreamExecutionEnvironment.getExecutionEnvironment(flink);
  }

  /** The environment of a running session cluster. */
  public StreamExecutionEnvironment remoteEnvironment(
      String host, int restPort, Configuration more) {
    Configuration flink = FlinkSettings.of(config);
    flink.set(DeploymentOptions.TARGET, "remote");
    flink.set(DeploymentOptions.ATTACHED, false);
    flink.set(RestOptions.ADDRESS, host);
    flink.set(RestOptions.PORT, restPort);
    flink.addAll(more);
    return new StreamExecutionEnvironment(flink);
  }

  /** An environment inside this process, with Flink's web UI on a free port of loopback. */
  public StreamExecutionEnvironment localEnvironment(Configuration more) {
    Configuration flink = FlinkSettings.local(config);
    flink.addAll(more);
    return StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(flink);
  }

  /**
   * Adds the job to the environment, after a look at Kafka: topics of events must be there, those
   * of results are created.
   *
   * @throws RefusedException where a setting of Flink would break a promise
   * @throws IOException when Kafka does not answer or lacks a topic
   */
  public void build(StreamExecutionEnvironment env) throws IOException, InterruptedException {
    JobRules.check(env.getConfiguration(), config);
    Events events = events(env, history(env.getConfiguration()));
    OutputTopics.ensure(config.kafka(), config.examples(), config.predictions());
    new LearnerTopology(config, start).build(events, results());
  }

  /**
   * Adds the part of the job that learns, fed with labelled examples that another job wrote.
   *
   * @param from a file, a directory, or {@code topic:NAME}
   * @throws RefusedException where a setting of Flink would break a promise
   * @throws IOException where there are no examples, or Kafka does not answer
   */
  public void buildFromExamples(StreamExecutionEnvironment env, String from)
      throws IOException, InterruptedException {
    JobRules.check(env.getConfiguration(), config);
    var examples = ExampleSources.read(env, from, config.kafka(), config.join().timerBucket());
    OutputTopics.ensure(config.kafka(), config.examples(), config.predictions());
    new LearnerTopology(config, start).learn(examples, results());
  }

  /**
   * What comes ahead of the stream. A source that has had a history is one for good: its state
   * holds both parts.
   */
  private Optional<BackfillSource> history(ReadableConfig flink) throws IOException {
    boolean isRestored = flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH).isPresent();
    boolean hasHistory = JobRules.isInState(flink, Uids.IMPRESSION_SOURCE_AFTER_HISTORY);
    if (before.isEmpty()) {
      return hasHistory ? Optional.of(BackfillSource.untold()) : Optional.empty();
    }
    if (isRestored && !hasHistory) {
      throw new RefusedException(
          "the state to start from has learned its stream without --from-files or --from-topic:"
              + " leave them out, or start without the state");
    }
    return Optional.of(before.get().history(config));
  }

  private Events events(StreamExecutionEnvironment env, Optional<BackfillSource> history)
      throws IOException, InterruptedException {
    Duration ahead = config.events().maxAhead(); // of a record's own timestamp
    EventTopic impressions = topic(config.kafka().topics().impressions(), history, ahead);
    KafkaSource<SourceRecord<EncodedImpression>> stream =
        EventSources.impressions(
            impressions,
            config.events(),
            config.features(),
            config.join(),
            config.evaluate().slices());
    return new Events(
        read(
            env,
            impressions,
            history.isPresent()
                ? HybridSource.builder(history.get()).addSource(stream).build()
                : stream,
            inStep(EventSources.impressionWatermarks(config.join())),
            history.isPresent() ? Uids.IMPRESSION_SOURCE_AFTER_HISTORY : Uids.IMPRESSION_SOURCE,
            SourceRecordCodec.IMPRESSIONS),
        clicks(env, history, ahead.plus(config.join().outOfOrderness())),
        history);
  }

  private Map<String, DataStream<SourceRecord<Click>>> clicks(
      StreamExecutionEnvironment env, Optional<BackfillSource> history, Duration ahead)
      throws IOException, InterruptedException {
    Map<String, DataStream<SourceRecord<Click>>> streams = new LinkedHashMap<>();
    for (String name : config.join().definition().topics()) {
      EventTopic topic = topic(name, history, ahead);
      streams.put(
          name,
          read(
              env,
              topic,
              EventSources.clicks(topic, config.events(), config.join()),
              inStep(EventSources.clickWatermarks(config.join(), name)),
              Uids.ofTopic(Uids.CLICK_SOURCE, name, config.kafka().topics()),
              SourceRecordCodec.CLICKS));
    }
    return streams;
  }

  private <T> DataStream<SourceRecord<T>> read(
      StreamExecutionEnvironment env,
      EventTopic topic,
      Source<SourceRecord<T>, ?, ?> source,
      WatermarkStrategy<SourceRecord<T>> watermarks,
      String uid,
      TypeInformation<SourceRecord<T>> type)
      throws IOException, InterruptedException {
    int subtasks = Math.min(config.parallelism(), partitions(topic.name()));
    return env.fromSource(source, watermarks, topic.name(), type).uid(uid).setParallelism(subtasks);
  }

  private int partitions(String topic) throws IOException, InterruptedException {
    try (TopicAdmin admin = config.kafka().clients().topicAdmin()) {
      return admin.partitions(topic);
    }
  }

  private <T> WatermarkStrategy<SourceRecord<T>> inStep(
      WatermarkStrategy<SourceRecord<T>> watermarks) {
    return bounded ? watermarks : EventSources.aligned(watermarks, config.join().maxDrift());
  }

  private Results results() {
    KafkaSettings kafka = config.kafka();
    String servers = kafka.bootstrapServers();
    var topics = kafka.topics();
    return new Results(
        TopicSinks.deadLetters(servers, topics.deadLetters(), kafka.properties()),
        TopicSinks.skipped(servers, topics.deadLetters(), kafka.properties()),
        TopicSinks.lateClicks(servers, topics.lateClicks(), kafka.properties()),
        TopicSinks.sink(
            servers, new MetricsSerializer(topics.metrics(), config.name()), kafka.properties()),
        new AnnouncementTopic(servers, topics.snapshots(), kafka.properties()),
        examples,
        ExampleSinks.of(config),
        ExampleSinks.predictions(config));
  }

  /** A topic; after a history from its end on, less what records may be ahead of their time. */
  private EventTopic topic(String name, Optional<BackfillSource> history, Duration ahead) {
    KafkaSettings kafka = config.kafka();
    EventTopic topic =
        new EventTopic(
            kafka.bootstrapServers(), name, kafka.groupId(), kafka.properties(), bounded);
    return history
        .filter(past -> past.until() != SourceRouter.NEVER)
        .map(past -> topic.since(Instant.ofEpochMilli(past.until()).minus(ahead)))
        .orElse(topic);
  }
}
