package io.freshet.job;

import io.freshet.config.KafkaSettings;
import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.feature.LabelledExample;
import io.freshet.job.LearnerTopology.Events;
import io.freshet.job.LearnerTopology.Results;
import io.freshet.train.RefusedException;
import io.freshet.train.WarmStart;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The learner on Kafka: the topology with the sources and sinks that the configuration names. */
public final class LearnerJob {
  private final LearnerConfig config;
  private final boolean bounded;
  private Optional<Sink<LabelledExample>> examples = Optional.empty();
  private WarmStart warm = WarmStart.NONE;

  /**
   * @param bounded whether to end at what is the end of the topics at the start
   */
  public LearnerJob(LearnerConfig config, boolean bounded) {
    this.config = config;
    this.bounded = bounded;
  }

  /** Sends the labelled examples to a sink too. */
  public LearnerJob withExamples(Sink<LabelledExample> sink) {
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
    warm = SnapshotStart.of(place, config);
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
    Events events = events(env);
    OutputTopics.ensure(config.kafka(), config.examples(), config.predictions());
    new LearnerTopology(config, warm).build(events, results());
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
    new LearnerTopology(config, warm).learn(examples, results());
  }

  private Events events(StreamExecutionEnvironment env) throws IOException, InterruptedException {
    var topics = config.kafka().topics();
    EventTopic impressions = topic(topics.impressions());
    return new Events(
        read(
            env,
            impressions,
            EventSources.impressions(
                impressions,
                config.events(),
                config.features(),
                config.join(),
                config.evaluate().slices()),
            inStep(EventSources.impressionWatermarks(config.join())),
            Uids.IMPRESSION_SOURCE),
        clicks(env));
  }

  private Map<String, DataStream<SourceRecord<Click>>> clicks(StreamExecutionEnvironment env)
      throws IOException, InterruptedException {
    Map<String, DataStream<SourceRecord<Click>>> streams = new LinkedHashMap<>();
    for (String name : config.join().definition().topics()) {
      streams.put(
          name,
          read(
              env,
              topic(name),
              EventSources.clicks(topic(name), config.events(), config.join()),
              inStep(EventSources.clickWatermarks(config.join(), name)),
              Uids.ofTopic(Uids.CLICK_SOURCE, name, config.kafka().topics())));
    }
    return streams;
  }

  private <T> DataStream<SourceRecord<T>> read(
      StreamExecutionEnvironment env,
      EventTopic topic,
      Source<SourceRecord<T>, ?, ?> source,
      WatermarkStrategy<SourceRecord<T>> watermarks,
      String uid)
      throws IOException, InterruptedException {
    int subtasks = Math.min(config.parallelism(), TopicPartitions.count(topic));
    return env.fromSource(source, watermarks, topic.name()).uid(uid).setParallelism(subtasks);
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
        new TopicNotices(servers, topics.snapshots(), kafka.properties()),
        examples,
        ExampleSinks.of(config),
        ExampleSinks.predictions(config));
  }

  private EventTopic topic(String name) {
    KafkaSettings kafka = config.kafka();
    return new EventTopic(
        kafka.bootstrapServers(), name, kafka.groupId(), kafka.properties(), bounded);
  }
}
