package io.freshet.job.pipeline;

import io.freshet.config.KafkaSettings;
import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.feature.example.LabeledExample;
import io.freshet.job.backfill.Backfill;
import io.freshet.job.backfill.RecordingSource;
import io.freshet.job.pipeline.LearnerTopology.Events;
import io.freshet.job.sink.AnnouncementTopic;
import io.freshet.job.sink.ExampleSinks;
import io.freshet.job.sink.OutputTopics;
import io.freshet.job.sink.TopicSinks;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRouter;
import io.freshet.job.sql.SqlSources;
import io.freshet.job.state.SavedState;
import io.freshet.job.state.UnclaimedState;
import io.freshet.train.InitialModel;
import io.freshet.train.RefusedException;
import io.freshet.train.Reset;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
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

  /** Sends the labeled examples to a sink too. */
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

  /**
   * Converts state of other settings, and leaves that of others, where it would be refused else.
   */
  public LearnerJob migrating() {
    start = start.migrating();
    return this;
  }

  /** Starts parts of a state again. */
  public LearnerJob resetting(Reset what) {
    start = start.resetting(what);
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

  /**
   * An environment inside this process, with Flink's web UI on a free port of loopback.
   *
   * @throws RefusedException where the library of the state backend does not load
   * @throws IOException where there is no room for temporary files
   */
  public StreamExecutionEnvironment localEnvironment(Configuration more) throws IOException {
    Configuration flink = FlinkSettings.local(config);
    flink.set(CoreOptions.TMP_DIRS, TemporaryFolder.own().toString());
    flink.addAll(more);
    if ("rocksdb".equals(flink.get(StateBackendOptions.STATE_BACKEND))) {
      RocksLibrary.load();
    }
    return StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(flink);
  }

  /**
   * Adds the job to the environment, after a look at Kafka: topics of events must be there, those
   * of results are created.
   *
   * @return the operators without whose state the job goes on, by their uids
   * @throws RefusedException where a setting of Flink would break a promise
   * @throws IOException when Kafka does not answer or lacks a topic
   */
  public List<String> build(StreamExecutionEnvironment env)
      throws IOException, InterruptedException {
    JobRules.check(env.getConfiguration(), config);
    var events =
        config.events().areOfTables()
            ? tableEvents(env)
            : new TopicEvents(env, config, bounded, recording(env.getConfiguration())).read();
    ensureOutputTopics();
    new LearnerTopology(config, start).build(events, results());
    return UnclaimedState.leave(env, start.migrates());
  }

  /**
   * Adds the part of the job that learns, fed with labeled examples that another job wrote.
   *
   * @param from a file, a directory, or {@code topic:NAME}
   * @return the operators without whose state the job goes on, by their uids
   * @throws RefusedException where a setting of Flink would break a promise
   * @throws IOException where there are no examples, or Kafka does not answer
   */
  public List<String> buildFromExamples(StreamExecutionEnvironment env, String from)
      throws IOException, InterruptedException {
    JobRules.check(env.getConfiguration(), config);
    var examples = ExampleSources.read(env, from, config.kafka(), config.join().timerBucket());
    ensureOutputTopics();
    new LearnerTopology(config, start).learn(examples, results());
    return UnclaimedState.leave(env, start.migrates());
  }

  private Events tableEvents(StreamExecutionEnvironment env) {
    if (before.isPresent()) {
      throw new RefusedException(
          "--from-files and --from-topic read what topics held, but events.sql reads tables: add"
              + " the recording to their views by UNION ALL");
    }
    var tables = new SqlSources(env, config);
    Map<String, DataStream<SourceRecord<Click>>> clicks = new LinkedHashMap<>();
    var impressions = tables.impressions();
    for (String name : config.actions().definition().topics()) {
      clicks.put(name, tables.clicks(name));
    }
    if (bounded && !tables.areBounded()) {
      throw new RefusedException(
          "--bounded ends with the topics, but a table of events.sql goes on: say in the script"
              + " where it ends, as 'scan.bounded.mode' = 'latest-offset' does for Kafka");
    }
    return new Events(impressions, clicks, Optional.empty(), SourceRouter.NEVER);
  }

  private void ensureOutputTopics() throws IOException, InterruptedException {
    OutputTopics.ensure(
        config.kafka(), config.actions().definition(), config.examples(), config.predictions());
  }

  /** What is learned before the stream. State that began with a recording keeps its place in it. */
  private Optional<RecordingSource> recording(ReadableConfig flink) throws IOException {
    Optional<SavedState> state = SavedState.of(flink);
    boolean began = state.filter(from -> from.has(Uids.RECORDING)).isPresent();
    if (before.isEmpty()) {
      return began ? Optional.of(RecordingSource.missing(SourceRouter.NEVER)) : Optional.empty();
    }
    if (state.isPresent() && !began) {
      throw new RefusedException(
          "the state to start from has learned its stream without --from-files or --from-topic:"
              + " leave them out, or start without the state");
    }
    return Optional.of(before.get().source(config));
  }

  private Results results() {
    KafkaSettings kafka = config.kafka();
    String servers = kafka.bootstrapServers();
    var topics = kafka.topics();
    return new Results(
        TopicSinks.deadLetters(servers, topics.deadLetters(), kafka.properties()),
        TopicSinks.skipped(servers, topics.deadLetters(), kafka.properties()),
        TopicSinks.lateClicks(servers, topics.lateClicks(), kafka.properties()),
        TopicSinks.metrics(servers, topics.metrics(), config.name(), kafka.properties()),
        new AnnouncementTopic(servers, topics.snapshots(), kafka.properties()),
        examples,
        ExampleSinks.of(config),
        ExampleSinks.predictions(config));
  }
}
