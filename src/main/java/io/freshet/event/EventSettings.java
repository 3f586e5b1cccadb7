package io.freshet.event;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.Section;
import io.freshet.event.mapping.EventMapping;
import io.freshet.event.mapping.ValuePath;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What counts as a good record: its format and its limits.
 *
 * @param maxBytes size of a record's value at most
 * @param maxValues feature values (array elements included) at most
 * @param maxAhead how far a record's event time may be ahead of its Kafka timestamp
 * @param impressions format of the impressions
 * @param actions format of the clicks and other actions
 * @param schemas where those of Avro and Protobuf records are found
 * @param protobuf which messages the records are, where they do not say it
 * @param impressionMapping where the parts of impressions are
 * @param actionMapping where those of clicks and other actions are
 * @param featurePaths where features are, by name; others are found by their names, at the top or
 *     under {@code features}
 * @param actionTopics those of actions that have a format and a shape of their own
 * @param sql path or URI of the script whose tables are read instead of topics; empty for none
 */
public record EventSettings(
    int maxBytes,
    int maxValues,
    Duration maxAhead,
    EventFormat impressions,
    EventFormat actions,
    SchemaLocations schemas,
    ProtobufMessages protobuf,
    EventMapping impressionMapping,
    EventMapping actionMapping,
    Map<String, ValuePath> featurePaths,
    List<ActionTopic> actionTopics,
    String sql)
    implements Serializable {
  /** The largest that {@code maxValues} may be configured. */
  public static final int MOST_VALUES = 100_000;

  public static final EventSettings DEFAULT = Section.defaults(EventOptions::read);

  public EventSettings {
    requireNonNull(maxAhead, "maxAhead");
    requireNonNull(impressions, "impressions");
    requireNonNull(actions, "actions");
    requireNonNull(schemas, "schemas");
    requireNonNull(protobuf, "protobuf");
    requireNonNull(impressionMapping, "impressionMapping");
    requireNonNull(actionMapping, "actionMapping");
    featurePaths = Map.copyOf(featurePaths);
    actionTopics = List.copyOf(actionTopics);
    requireNonNull(sql, "sql");
    if (maxBytes < 1 || maxValues < 1 || maxAhead.isNegative()) {
      throw new IllegalArgumentException(
          "maxBytes %s and maxValues %s must be at least 1, maxAhead %s not negative"
              .formatted(maxBytes, maxValues, maxAhead));
    }
  }

  /** Returns a copy with other limits. */
  public EventSettings withLimits(int bytes, int values, Duration ahead) {
    return new EventSettings(
        bytes,
        values,
        ahead,
        impressions,
        actions,
        schemas,
        protobuf,
        impressionMapping,
        actionMapping,
        featurePaths,
        actionTopics,
        sql);
  }

  /** Returns a copy that says where the features of impressions are. */
  public EventSettings withFeatures(Map<String, ValuePath> paths) {
    return new EventSettings(
        maxBytes,
        maxValues,
        maxAhead,
        impressions,
        actions,
        schemas,
        protobuf,
        paths.isEmpty() ? impressionMapping : impressionMapping.asGiven(),
        actionMapping,
        paths,
        actionTopics,
        sql);
  }

  /** Returns a copy that finds schemas elsewhere, or with other patience. */
  public EventSettings withSchemas(SchemaLocations places) {
    return new EventSettings(
        maxBytes,
        maxValues,
        maxAhead,
        impressions,
        actions,
        places,
        protobuf,
        impressionMapping,
        actionMapping,
        featurePaths,
        actionTopics,
        sql);
  }

  /** Returns a copy for JSON. */
  public EventSettings ofJson() {
    return new EventSettings(
        maxBytes,
        maxValues,
        maxAhead,
        EventFormat.JSON,
        EventFormat.JSON,
        DEFAULT.schemas,
        DEFAULT.protobuf,
        impressionMapping,
        actionMapping,
        featurePaths,
        actionTopics.stream().map(topic -> topic.in(EventFormat.JSON)).toList(),
        sql);
  }

  /** Returns a copy for rows of tables, whose columns are keys of JSON: a mapping for each. */
  public EventSettings ofColumns(EventMapping ofImpressions, EventMapping ofActions) {
    return new EventSettings(
        maxBytes,
        maxValues,
        maxAhead,
        EventFormat.JSON,
        EventFormat.JSON,
        DEFAULT.schemas,
        DEFAULT.protobuf,
        ofImpressions.asGiven(),
        ofActions.asGiven(),
        featurePaths,
        List.of(),
        sql);
  }

  /** Returns a copy in which actions are those of a topic. */
  public EventSettings ofActions(String topic) {
    return actionTopics.stream()
        .filter(own -> own.topic().equals(topic))
        .findFirst()
        .map(this::of)
        .orElse(this);
  }

  private EventSettings of(ActionTopic topic) {
    return new EventSettings(
        maxBytes,
        maxValues,
        maxAhead,
        impressions,
        topic.format(),
        schemas,
        topic.message().isEmpty() ? protobuf : protobuf.withClick(topic.message()),
        impressionMapping,
        topic.mapping(),
        featurePaths,
        actionTopics,
        sql);
  }

  /** Whether events are rows of tables that a script declares, and of no topic. */
  public boolean areOfTables() {
    return !sql.isEmpty();
  }

  /** Whether events of any topic have a shape of their own. */
  public boolean isMapped() {
    return impressionMapping.isGiven()
        || actionMapping.isGiven()
        || actionTopics.stream().anyMatch(topic -> topic.mapping().isGiven());
  }

  /** Whether records of any topic name their schemas by ids. */
  public boolean needSchemas() {
    return formats().anyMatch(this::needsSchemas);
  }

  /** Those of all topics. */
  public Stream<EventFormat> formats() {
    return Stream.concat(
        Stream.of(impressions, actions), actionTopics.stream().map(ActionTopic::format));
  }

  /** Whether records of a format do. */
  public boolean needsSchemas(EventFormat format) {
    return format == EventFormat.AVRO
        || format == EventFormat.PROTOBUF && protobuf.descriptor().isEmpty();
  }
}
