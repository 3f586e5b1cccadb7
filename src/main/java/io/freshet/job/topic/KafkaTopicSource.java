package io.freshet.job.topic;

import io.freshet.job.topic.TopicEnumerator.Topic;
import io.freshet.kafka.KafkaClients;
import io.freshet.kafka.PropertyReferences;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.flink.connector.kafka.source.reader.KafkaRecordEmitter;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Flink's source of a Kafka topic, which tells a topic that was created again from the one that the
 * offsets are of ({@link TopicEnumerator}), begins with a topic of another name at its first
 * records, and holds time back for partitions that are new ({@link PartitionsReader}). Its reader
 * lives through wakeups: through a commit of offsets while the consumer group has no coordinator,
 * and through partitions that come later.
 *
 * <p>Offsets are committed after a checkpoint, for Kafka's tools alone. The task that commits wakes
 * the consumer first; where the coordinator is not there yet, as in the first seconds of a broker,
 * or not any more, the commit polls the network, and the wakeup ends it with an exception that the
 * connector takes for a failure of the fetcher: the job restarts. So does the look for the end of a
 * bounded topic, where a reader that has partitions is given more.
 */
public final class KafkaTopicSource<T>
    implements Source<T, KafkaPartitionSplit, KnownTopic>, ResultTypeQueryable<T> {
  private static final long serialVersionUID = 1L;

  private static final KafkaSourceEnumState NO_PARTITIONS =
      new KafkaSourceEnumState(Set.of(), true);
  private static final String DISCOVERY = KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key();

  /**
   * Partitions that come later are found while what is in them is not late yet. What a transaction
   * wrote that was aborted is not learned.
   */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          DISCOVERY, "10000", ConsumerConfig.ISOLATION_LEVEL_CONFIG, KafkaClients.READ_COMMITTED);

  private final Topic topic;
  private final KafkaSource<T> source;
  private final KafkaRecordDeserializationSchema<T> deserializer;
  private final Properties consumer;

  private KafkaTopicSource(
      Topic topic,
      KafkaSource<T> source,
      KafkaRecordDeserializationSchema<T> deserializer,
      Properties consumer) {
    this.topic = topic;
    this.source = source;
    this.deserializer = deserializer;
    this.consumer = consumer;
  }

  /**
   * A topic.
   *
   * @param defaults of the consumer, which the topic's own properties replace
   */
  public static <T> KafkaTopicSource<T> of(
      EventTopic topic,
      Map<String, String> defaults,
      KafkaRecordDeserializationSchema<T> deserializer) {
    Properties properties = new Properties();
    properties.putAll(DEFAULTS);
    properties.putAll(defaults);
    properties.putAll(PropertyReferences.late(topic.properties()));
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, topic.bootstrapServers());
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, topic.groupId());
    properties.put(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), topic.groupId() + "-" + topic.name());
    var builder =
        KafkaSource.<T>builder()
            .setProperties(properties)
            .setTopics(topic.name())
            .setStartingOffsets(start(topic))
            .setDeserializer(deserializer);
    if (topic.bounded()) {
      builder.setBounded(OffsetsInitializer.latest());
    }
    return new KafkaTopicSource<>(
        looked(topic, properties), builder.build(), deserializer, consumer(properties));
  }

  private static Topic looked(EventTopic topic, Properties properties) {
    long interval =
        topic.bounded() ? 0 : Math.max(0, Long.parseLong(properties.getProperty(DISCOVERY)));
    return new Topic(
        new KafkaClients(topic.bootstrapServers(), topic.properties()),
        topic.name(),
        topic.acceptsAnother(),
        Duration.ofMillis(interval));
  }

  private static OffsetsInitializer start(EventTopic topic) {
    return topic
        .since()
        .map(time -> OffsetsInitializer.timestamp(time.toEpochMilli()))
        .orElse(OffsetsInitializer.earliest());
  }

  /**
   * What the builder adds to a source's properties, and does not show. Where the connector is in
   * Flink's own class path, its Kafka is another one than ours: so its strategies are not asked
   * for.
   */
  private static Properties consumer(Properties properties) {
    Properties all = new Properties();
    all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    all.putAll(properties);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"); // where records are gone
    return all;
  }

  @Override
  public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    deserializer.open(new Initialization(context));
    KafkaSourceReaderMetrics metrics = new KafkaSourceReaderMetrics(context.metricGroup());
    var elements =
        new FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>>();
    var fetchers =
        new KafkaSourceFetcherManager(
            elements, () -> new SplitReader(consumer, context, metrics), finished -> {});
    Configuration configuration = new Configuration();
    consumer
        .stringPropertyNames()
        .forEach(key -> configuration.setString(key, consumer.getProperty(key)));
    return new PartitionsReader<>(
        topic.name(),
        ends(),
        elements,
        fetchers,
        new KafkaRecordEmitter<>(deserializer),
        configuration,
        context,
        metrics);
  }

  private UnaryOperator<List<KafkaPartitionSplit>> ends() {
    boolean isCommitted =
        KafkaClients.READ_COMMITTED.equals(
            consumer.getProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG));
    return isCommitted && getBoundedness() == Boundedness.BOUNDED
        ? new CommittedEnds(topic.kafka(), topic.name())::of
        : splits -> splits;
  }

  private record Initialization(SourceReaderContext context) implements InitializationContext {
    @Override
    public MetricGroup getMetricGroup() {
      return context.metricGroup().addGroup("deserializer");
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return context.getUserCodeClassLoader();
    }
  }

  /** Reads partitions, and asks again where a wakeup that came before ended a question. */
  @SuppressWarnings("try") // the connector's own reader closes with any exception
  static final class SplitReader extends KafkaPartitionSplitReader {
    SplitReader(
        Properties consumer, SourceReaderContext context, KafkaSourceReaderMetrics metrics) {
      super(consumer, context, metrics);
    }

    @Override
    public void handleSplitsChanges(SplitsChange<KafkaPartitionSplit> splits) {
      try {
        super.handleSplitsChanges(splits);
      } catch (WakeupException e) {
        super.handleSplitsChanges(splits);
      }
    }

    @Override
    public void notifyCheckpointComplete(
        Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback done) {
      try {
        super.notifyCheckpointComplete(offsets, done);
      } catch (WakeupException e) {
        super.notifyCheckpointComplete(offsets, done); // no other comes while this task runs
      }
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KnownTopic> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return new TopicEnumerator(context, source.createEnumerator(context), topic, "");
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KnownTopic> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KnownTopic state) throws IOException {
    boolean isOther = !state.name().isEmpty() && !state.name().equals(topic.name());
    var partitions =
        source.restoreEnumerator(context, isOther ? NO_PARTITIONS : state.partitions());
    return new TopicEnumerator(context, partitions, topic, isOther ? "" : state.id());
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return source.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KnownTopic> getEnumeratorCheckpointSerializer() {
    return new KnownTopicSerializer();
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return source.getProducedType();
  }
}
