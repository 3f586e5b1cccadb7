package io.freshet.event;

import static io.freshet.config.option.ValueType.directory;
import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.name;
import static io.freshet.config.option.ValueType.oneOf;
import static io.freshet.config.option.ValueType.secret;
import static io.freshet.config.option.ValueType.size;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.webAddress;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.References;
import io.freshet.config.option.Section;
import io.freshet.config.option.ValueType;
import io.freshet.event.mapping.EventMapping;
import io.freshet.event.mapping.MappingOptions;
import io.freshet.event.mapping.TimestampUnit;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The options of the section {@code events}. */
public final class EventOptions {
  private static final String NONE = "none";

  private static final ValueType<String> CREDENTIALS =
      secret(
          "user:password or Bearer token, with ${env:NAME} or ${file:/path} for what is secret",
          EventOptions::areCredentials);

  private EventOptions() {}

  public static EventSettings read(Section s) {
    String sql =
        s.option(
                "sql",
                "Path or URI of a script of Flink SQL that declares tables and views, read instead"
                    + " of topics: `impressions` and those of the actions, or `examples` with their"
                    + " label. The process that starts the job reads it.")
            .get(text().or(NONE, ""), "");
    EventFormat impressions =
        s.option(
                "format",
                "How the values of the event topics are written: JSON, Avro or Protobuf, also as"
                    + " serializers with a schema registry write them.")
            .get(oneOf(EventFormat.class), EventFormat.JSON);
    EventFormat actions =
        s.option("click-format", "The format of clicks and other actions; `format` by default.")
            .derived(oneOf(EventFormat.class), impressions);
    SchemaLocations schemas = schemas(s);
    EventSettings settings =
        new EventSettings(
            s.option("max-bytes", "Largest size of a record's value.")
                .get(size("1 B", "64 MB"), 1 << 20),
            s.option("max-values", "Most feature values of a record, elements of arrays included.")
                .get(wholeNumber(1, EventSettings.MOST_VALUES), 1000),
            s.option("max-ahead", "How far event time may be ahead of Kafka's timestamp.")
                .get(duration("0 ms", "366 d"), Duration.ofMinutes(10)),
            impressions,
            actions,
            schemas,
            s.section(
                "protobuf",
                EventOptions::protobuf,
                "Which messages Protobuf records are, where they do not name a registry's schema."),
            s.section(
                "impressions",
                MappingOptions::impressions,
                "Where the parts of an impression are, for a topic of another shape than"
                    + " `impression.schema.json`; features have a `from`."),
            s.section(
                "clicks",
                MappingOptions::actions,
                "The same for clicks and other actions, and `click.schema.json`."),
            Map.of(),
            s.sections(
                "actions",
                0,
                topic -> actionTopic(topic, actions),
                "Topics of actions that are written otherwise than the rest; for those that are not"
                    + " named here, `click-format` and `clicks` hold."),
            sql);
    if (settings.impressionMapping().label().isGiven()) {
      Stream.of("clicks", "click-format", "actions")
          .filter(s::has)
          .forEach(
              key ->
                  s.warning(
                      key, "not used, as impressions say their labels (events.impressions.label)"));
    }
    if (settings.areOfTables()) {
      checkTables(s, settings);
    } else if (settings.needSchemas() && !schemas.any()) {
      s.error(
          settings.needsSchemas(impressions)
              ? "format"
              : settings.needsSchemas(actions) ? "click-format" : "actions",
          "%s needs schemas, which are found by their ids; give their folder in events.schemas, or the address of their registry in events.registry%s"
              .formatted(
                  nameOf(
                      settings.formats().filter(settings::needsSchemas).findFirst().orElseThrow()),
                  settings.formats().anyMatch(EventFormat.PROTOBUF::equals)
                      ? ", or of Protobuf a descriptor in events.protobuf.descriptor"
                      : ""));
    } else if (!settings.needSchemas() && schemas.any()) {
      s.warning(
          schemas.folder().isEmpty() ? "registry" : "schemas",
          "not used, as no event topic needs a schema (events.format)");
    }
    checkMessage(s, impressions, settings.protobuf(), settings.protobuf().impression());
    checkMessage(s, actions, settings.protobuf(), settings.protobuf().click());
    checkActionTopics(s, settings);
    return settings;
  }

  private static ActionTopic actionTopic(Section s, EventFormat otherwise) {
    return new ActionTopic(
        s.option("topic", "Name of the topic, as in `join.actions`.").require(name()).orElse(""),
        s.option("format", "Its format; `click-format` by default.")
            .derived(oneOf(EventFormat.class), otherwise),
        s.option("message", "Name of its Protobuf message; `protobuf.click` by default.")
            .get(text().or(NONE, ""), ""),
        MappingOptions.actions(s));
  }

  private static void checkActionTopics(Section s, EventSettings settings) {
    Set<String> topics = new HashSet<>();
    for (ActionTopic topic : settings.actionTopics()) {
      if (!topics.add(topic.topic())) {
        s.error("actions", "duplicate topic " + topic.topic());
      }
      String message = settings.ofActions(topic.topic()).protobuf().click();
      checkMessage(s, topic.format(), settings.protobuf(), message);
    }
  }

  /** Those that are nothing but a reference are judged where they are used. */
  private static boolean areCredentials(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c != 0x7F)
        && References.problem(text).isEmpty()
        && !text.matches("(env|file):.*")
        && (References.any(text) || text.matches("Bearer \\S+") || text.indexOf(':') > 0);
  }

  private static void checkTables(Section s, EventSettings settings) {
    Stream.of("format", "click-format", "actions", "schemas", "registry", "protobuf")
        .filter(s::has)
        .forEach(
            key -> s.warning(key, "not used, as tables say how they are written (events.sql)"));
    checkColumns(s, "impressions", settings.impressionMapping());
    checkColumns(s, "clicks", settings.actionMapping());
  }

  private static void checkColumns(Section s, String key, EventMapping mapping) {
    if (mapping.id().isNone()) {
      s.error(key + ".id", "none, but rows of tables have no place; give a column, as of UUID()");
    }
    if (mapping.unit() == TimestampUnit.KAFKA) {
      s.error(
          key + ".timestamp-unit",
          "kafka, but rows of tables have no timestamp but their columns; leave it out");
    }
  }

  private static String nameOf(EventFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  private static void checkMessage(
      Section s, EventFormat format, ProtobufMessages protobuf, String message) {
    if (format == EventFormat.PROTOBUF && !protobuf.descriptor().isEmpty() && message.isEmpty()) {
      s.error(
          "protobuf",
          "a descriptor needs the names of the messages: impression, and click where clicks are"
              + " protobuf");
    }
  }

  private static ProtobufMessages protobuf(Section s) {
    return new ProtobufMessages(
        s.option(
                "descriptor",
                "File that `protoc --include_imports --descriptor_set_out` wrote. With it, ids of"
                    + " schemas are ignored.")
            .get(directory().or(NONE, ""), ""),
        s.option("impression", "Name of the message of impressions.").get(text().or(NONE, ""), ""),
        s.option("click", "Name of the message of clicks and other actions.")
            .get(text().or(NONE, ""), ""));
  }

  private static SchemaLocations schemas(Section s) {
    String folder =
        s.option(
                "schemas",
                "Folder of the schemas of events: for Avro `<id>.avsc` each, for Protobuf"
                    + " `<id>.desc`.")
            .get(directory().or(NONE, ""), "");
    String registry =
        s.option(
                "registry",
                "URL of a registry that has these schemas (`GET /schemas/ids/<id>`). It is asked"
                    + " for schemas that the folder lacks, which are then kept there.")
            .get(webAddress().or(NONE, ""), "");
    String credentials =
        s.option(
                "registry-auth",
                "`user:password` or `Bearer <token>` for the registry, of which each source looks"
                    + " references up for each request. Messages and logs never show it.")
            .get(CREDENTIALS.or(NONE, ""), "");
    return new SchemaLocations(
        folder,
        registry,
        credentials,
        s.option(
                "schema-patience",
                "How long a source waits when the registry does not answer. Then the job fails, and"
                    + " Flink's restart policy applies.")
            .get(duration("0 ms", "1 d"), Duration.ofMinutes(5)));
  }
}
