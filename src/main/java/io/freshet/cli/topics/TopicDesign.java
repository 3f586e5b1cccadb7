package io.freshet.cli.topics;

import static java.util.Objects.requireNonNull;

import io.freshet.config.ExampleSettings;
import io.freshet.config.LearnerConfig;
import io.freshet.kafka.TopicState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How a topic of a learner should be.
 *
 * <p>Records are deleted by age, never compacted: a second record of a key is another event, and
 * deleted records cannot be replayed. They carry their producer's timestamps, against which event
 * times are judged, so that a replay is judged as the stream was; the broker judges these by its
 * own clock, as a producer whose clock is fast writes both of them wrong. Topics of events have as
 * many partitions as the job has sources for them; those of results are small.
 *
 * @param leastRetention below which records may be deleted before they are read
 * @param mostAhead how far the broker may let timestamps be ahead of its clock
 */
public record TopicDesign(
    String name,
    Use use,
    int partitions,
    Map<String, String> settings,
    Duration leastRetention,
    Duration mostAhead) {

  /** Kafka's own limit, and what keys and headers may take of it. */
  private static final int USUAL_BYTES = 1_048_588;

  private static final int ENVELOPE_BYTES = 4096;

  /** An outage after which a learner should be able to catch up. */
  private static final Duration OUTAGE = Duration.ofDays(1);

  public enum Use {
    READ,
    WRITTEN
  }

  public TopicDesign {
    requireNonNull(name, "name");
    requireNonNull(use, "use");
    settings = Map.copyOf(settings);
    requireNonNull(leastRetention, "leastRetention");
    requireNonNull(mostAhead, "mostAhead");
  }

  /** The topics of events, with these partitions, if they are of topics; then those of results. */
  public static List<TopicDesign> of(LearnerConfig config, int partitions, Duration retention) {
    var topics = config.kafka().topics();
    Duration least = config.actions().window().plus(OUTAGE);
    int bytes = Math.max(USUAL_BYTES, config.events().maxBytes() + ENVELOPE_BYTES);
    Duration ahead = config.events().maxAhead();
    List<TopicDesign> designs = new ArrayList<>();
    if (!config.events().areOfTables()) {
      designs.add(events(topics.impressions(), partitions, retention, bytes, least, ahead));
      for (String actions : config.actions().definition().topics()) {
        designs.add(events(actions, partitions, retention, bytes, least, ahead));
      }
    }
    designs.add(results(topics.deadLetters(), 1, retention));
    if (!config.actions().definition().isInline()) {
      designs.add(results(topics.lateClicks(), 1, retention));
    }
    designs.add(results(topics.metrics(), 1, retention));
    designs.add(results(topics.snapshots(), 1, retention));
    if (config.examples().to() == ExampleSettings.Target.TOPIC) {
      designs.add(results(config.examples().topic(), partitions, retention));
    }
    return List.copyOf(designs);
  }

  private static TopicDesign events(
      String name, int partitions, Duration retention, int bytes, Duration least, Duration ahead) {
    Map<String, String> settings = settings(retention);
    settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes));
    settings.put(
        TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, Long.toString(ahead.toMillis()));
    return new TopicDesign(name, Use.READ, partitions, settings, least, ahead);
  }

  private static TopicDesign results(String name, int partitions, Duration retention) {
    return new TopicDesign(
        name, Use.WRITTEN, partitions, settings(retention), Duration.ZERO, Duration.ZERO);
  }

  private static Map<String, String> settings(Duration retention) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
    settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
    return settings;
  }

  /** The topic to create, with the cluster's default of replicas where none are given. */
  NewTopic toNew(Optional<Short> replicas) {
    return new NewTopic(name, Optional.of(partitions), replicas).configs(settings);
  }

  /**
   * What is wrong with the present topic, with what is expected.
   *
   * @param readers how many sources the job has for it
   */
  public List<String> faults(TopicState state, int readers) {
    List<String> faults = new ArrayList<>();
    if (use == Use.READ) {
      eventFaults(state, readers, faults);
    }
    long bytes = state.number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    if (use == Use.WRITTEN && bytes >= 0 && bytes < USUAL_BYTES) {
      faults.add(
          "max.message.bytes is %s, so that larger records are cut or left out: set it to %s or more"
              .formatted(bytes, USUAL_BYTES));
    }
    String policy = state.setting(TopicConfig.CLEANUP_POLICY_CONFIG);
    if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
      faults.add(
          "cleanup.policy is %s, by which records go that have not been read: set it to delete"
              .formatted(policy));
    }
    return faults;
  }

  private void eventFaults(TopicState state, int readers, List<String> faults) {
    if (state.partitions() < readers) {
      faults.add(
          "it has %s partitions for parallelism %s, so that %s sources stand idle: add partitions"
              .formatted(state.partitions(), readers, readers - state.partitions()));
    }
    long retention = state.number(TopicConfig.RETENTION_MS_CONFIG);
    if (retention >= 0 && retention < leastRetention.toMillis()) {
      faults.add(
          "retention.ms is %s, less than the join window and a day's outage: set it to %s or more"
              .formatted(retention, leastRetention.toMillis()));
    }
    long ahead = state.number(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG);
    if (ahead > mostAhead.toMillis()) {
      faults.add(
          "message.timestamp.after.max.ms is %s, so that a producer whose clock is that fast is not refused: set it to %s or less"
              .formatted(ahead, mostAhead.toMillis()));
    }
    String timestamps = state.setting(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
    if (!timestamps.equals("CreateTime")) {
      faults.add(
          "message.timestamp.type is %s, so that a copy of the topic is judged otherwise than the stream was: set it to CreateTime"
              .formatted(timestamps));
    }
  }
}
