package io.freshet.job.pipeline;

import static java.util.Objects.requireNonNull;

import io.freshet.config.KafkaSettings;
import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.job.backfill.Recorded;
import io.freshet.job.backfill.RecordedWatermarks;
import io.freshet.job.backfill.RecordingSource;
import io.freshet.job.pipeline.LearnerTopology.Events;
import io.freshet.job.source.EventSources;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRouter;
import io.freshet.job.topic.EventTopic;
import io.freshet.kafka.TopicAdmin;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events of a job, read from the topics that the configuration names. */
final class TopicEvents {
  private static final Logger LOG = LoggerFactory.getLogger(TopicEvents.class);

  private final StreamExecutionEnvironment env;
  private final LearnerConfig config;
  private final boolean bounded;
  private final Optional<RecordingSource> recording;

  /**
   * @param bounded whether to end at what is the end of the topics at the start
   */
  TopicEvents(
      StreamExecutionEnvironment env,
      LearnerConfig config,
      boolean bounded,
      Optional<RecordingSource> recording) {
    this.env = requireNonNull(env, "env");
    this.config = requireNonNull(config, "config");
    this.bounded = bounded;
    this.recording = requireNonNull(recording, "recording");
  }

  /**
   * Reads them.
   *
   * @throws IOException when Kafka does not answer or lacks a topic
   */
  Events read() throws IOException, InterruptedException {
    DataStream<SourceRecord<EncodedImpression>> impressions = impressions();
    Map<String, DataStream<SourceRecord<Click>>> clicks = new LinkedHashMap<>();
    for (String name : config.actions().definition().topics()) {
      clicks.put(name, clicks(name));
    }
    return new Events(impressions, clicks, recording.map(this::recorded), recordedUntil());
  }

  private DataStream<SourceRecord<EncodedImpression>> impressions()
      throws IOException, InterruptedException {
    EventTopic topic = topic(config.kafka().topics().impressions(), config.events().maxAhead());
    return read(
        topic,
        EventSources.impressions(
            topic, config.events(), config.features(), config.join(), config.evaluate().slices()),
        EventSources.impressionWatermarks(config.join(), recordedUntil()),
        Uids.IMPRESSION_SOURCE,
        WireType.of(SourceRecord.class, EncodedImpression.class));
  }

  private DataStream<SourceRecord<Click>> clicks(String name)
      throws IOException, InterruptedException {
    EventTopic topic = topic(name, config.events().maxAhead().plus(config.join().outOfOrderness()));
    return read(
        topic,
        EventSources.clicks(topic, config.events(), config.actions()),
        EventSources.clickWatermarks(config.joinOf(name), name, recordedUntil()),
        Uids.ofTopic(Uids.CLICK_SOURCE, name, config.kafka().topics()),
        WireType.of(SourceRecord.class, Click.class));
  }

  private <T> DataStream<SourceRecord<T>> read(
      EventTopic topic,
      Source<SourceRecord<T>, ?, ?> source,
      WatermarkStrategy<SourceRecord<T>> watermarks,
      String uid,
      TypeInformation<SourceRecord<T>> type)
      throws IOException, InterruptedException {
    int subtasks = Math.min(config.parallelism(), partitions(topic.name()));
    return env.fromSource(source, inStep(watermarks), topic.name(), type)
        .uid(uid)
        .setParallelism(subtasks);
  }

  private DataStream<Recorded> recorded(RecordingSource source) {
    var watermarks = RecordedWatermarks.strategy(config.actions());
    return env.fromSource(source, inStep(watermarks), "recording", WireType.of(Recorded.class))
        .uid(Uids.RECORDING)
        .setParallelism(1);
  }

  private <T> WatermarkStrategy<T> inStep(WatermarkStrategy<T> watermarks) {
    return bounded ? watermarks : EventSources.aligned(watermarks, config.join().maxDrift());
  }

  private long recordedUntil() {
    return recording.map(RecordingSource::until).orElse(SourceRouter.NEVER);
  }

  private int partitions(String topic) throws IOException, InterruptedException {
    try (TopicAdmin admin = config.kafka().clients().topicAdmin()) {
      if (bounded && config.kafka().readsCommitted()) {
        admin.waiting(topic).forEach(TopicEvents::warn);
      }
      return admin.partitions(topic);
    }
  }

  private static void warn(TopicPartition partition, long end) {
    LOG.warn(
        "partition {} is read up to offset {}: what follows waits for the end of a transaction",
        partition,
        end);
  }

  /** A topic; after a recording from its end on, less what records may be ahead of their time. */
  private EventTopic topic(String name, Duration ahead) {
    KafkaSettings kafka = config.kafka();
    EventTopic topic =
        new EventTopic(kafka.bootstrapServers(), name, kafka.groupId(), kafka.properties(), bounded)
            .acceptingAnother(kafka.acceptsRecreated());
    return recordedUntil() == SourceRouter.NEVER
        ? topic
        : topic.since(Instant.ofEpochMilli(recordedUntil()).minus(ahead));
  }
}
