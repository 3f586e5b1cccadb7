package io.freshet.job.source;

import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.job.topic.EventTopic;
import io.freshet.job.topic.KafkaTopicSource;
import io.freshet.join.Action;
import io.freshet.join.JoinSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * The Kafka sources of the job and their watermarks, which are made for each partition.
 *
 * <p>A job without a checkpoint starts at the beginning of the topics, or at a given time. A source
 * should not have more subtasks than its topic has partitions : one without a partition has no
 * watermark and, among clicks, would stop time for good.
 */
public final class EventSources {

  private static final Duration ALIGNMENT_INTERVAL = Duration.ofMillis(200);

  /** A broker may stall for minutes: the look for new partitions waits, and fails no job. */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, "300000",
          CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, "10000");

  private EventSources() {}

  /** Impressions, encoded. */
  public static KafkaTopicSource<SourceRecord<EncodedImpression>> impressions(
      EventTopic topic, EventSettings settings, FeatureSchema schema, JoinSettings join) {
    return impressions(topic, settings, schema, join, List.of());
  }

  /**
   * Impressions, encoded, and the texts of some fields' values.
   *
   * @param named names of the fields
   */
  public static KafkaTopicSource<SourceRecord<EncodedImpression>> impressions(
      EventTopic topic,
      EventSettings settings,
      FeatureSchema schema,
      JoinSettings join,
      List<String> named) {
    return source(topic, new ImpressionDeserializer(settings, schema, join.timerBucket(), named));
  }

  /** Clicks, or the other actions that a topic holds. */
  public static KafkaTopicSource<SourceRecord<Click>> clicks(
      EventTopic topic, EventSettings settings, JoinSettings join) {
    List<Action> actions = join.definition().actionsOf(topic.name());
    return source(
        topic,
        new ClickDeserializer(settings.ofActions(topic.name()), actions, join.timerBucket()));
  }

  /**
   * Watermarks of the impressions. A partition without records for a while does not hold time.
   *
   * @param since events up to this time are learned from a recording, epoch milliseconds; {@link
   *     SourceRouter#NEVER} without one
   */
  public static WatermarkStrategy<SourceRecord<EncodedImpression>> impressionWatermarks(
      JoinSettings settings, long since) {
    return EventSources.<EncodedImpression>watermarks(settings, since)
        .withIdleness(settings.idleness());
  }

  /**
   * Watermarks of the clicks in a topic. A partition without records for a while does not hold time
   * as long as others have some; the whole topic does, because the join watches its idleness last
   * of all.
   *
   * <p>Where there are several topics of actions, idle ones would not be missed among the others: a
   * partition of a topic that is not to be silent then stops time for as long as the breaker holds.
   */
  public static WatermarkStrategy<SourceRecord<Click>> clickWatermarks(
      JoinSettings settings, String topic, long since) {
    WatermarkStrategy<SourceRecord<Click>> watermarks = watermarks(settings, since);
    List<Duration> idle =
        settings.definition().actionsOf(topic).stream().map(Action::idleness).toList();
    if (!idle.isEmpty() && !idle.contains(Duration.ZERO)) {
      return watermarks.withIdleness(Collections.max(idle));
    }
    if (settings.definition().topics().size() == 1) {
      return watermarks.withIdleness(settings.idleness());
    }
    return settings.breaker().endsSilence()
        ? watermarks.withIdleness(settings.breaker().maxHold())
        : watermarks;
  }

  /**
   * Holds back the partitions, of either topic, that are ahead of the slowest by more than the
   * drift, so that a backfill does not fill the join's state.
   *
   * <p>The hold is renewed every 200 ms, so event time passes by at most five drifts a second:
   * right for live traffic and its backfills with a drift of minutes, far too slow for a replay of
   * years.
   */
  public static <T> WatermarkStrategy<T> aligned(WatermarkStrategy<T> watermarks, Duration drift) {
    return watermarks.withWatermarkAlignment("events", drift, ALIGNMENT_INTERVAL);
  }

  private static <T> WatermarkStrategy<SourceRecord<T>> watermarks(
      JoinSettings settings, long since) {
    Duration bound = settings.outOfOrderness();
    return WatermarkStrategy.<SourceRecord<T>>forGenerator(
            context -> new EventWatermarks<>(bound, since, System::currentTimeMillis))
        .withTimestampAssigner((record, kafkaTimestamp) -> record.timestamp());
  }

  private static <T> KafkaTopicSource<SourceRecord<T>> source(
      EventTopic topic, EventDeserializer<T> deserializer) {
    return KafkaTopicSource.of(topic, DEFAULTS, deserializer);
  }
}
