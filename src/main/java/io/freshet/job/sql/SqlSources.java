package io.freshet.job.sql;

import static java.util.Objects.requireNonNull;

import io.freshet.config.LearnerConfig;
import io.freshet.config.option.ConfigException;
import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.event.mapping.EventMapping;
import io.freshet.feature.Field;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.job.source.ClickDeserializer;
import io.freshet.job.source.EventDeserializer;
import io.freshet.job.source.EventSources;
import io.freshet.job.source.ImpressionDeserializer;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SourceRouter;
import io.freshet.join.JoinSettings;
import io.freshet.wire.WireType;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.Row;

/**
 * The events of a job, from the tables and views that a script declares: what decodes records of
 * topics decodes their rows, so both mean the same.
 */
public final class SqlSources {
  private final LearnerConfig config;
  private final SqlTables tables;

  /**
   * Runs the script.
   *
   * @throws ConfigException where it cannot be read or a statement is refused
   */
  public SqlSources(StreamExecutionEnvironment env, LearnerConfig config) {
    this.config = requireNonNull(config, "config");
    tables = new SqlTables(env, config.events().sql(), config.join().idleness());
  }

  /**
   * Runs the script as a job would, and opens none of its tables.
   *
   * @throws ConfigException with what is wrong with it
   */
  public static void check(LearnerConfig config) {
    SqlSources sources = new SqlSources(new StreamExecutionEnvironment(), config);
    sources.impressions();
    config.actions().definition().topics().forEach(sources::clicks);
  }

  /**
   * Impressions, encoded.
   *
   * @throws ConfigException where there is no such table, or it is none of impressions
   */
  public DataStream<SourceRecord<EncodedImpression>> impressions() {
    EventSettings events = config.events();
    JoinSettings join = config.actions();
    String name = join.definition().isInline() ? "examples" : "impressions";
    EventColumns columns =
        tables.columns(
            name,
            join.definition().isInline()
                ? "where impressions say their label (events.impressions.label)"
                : "where no label is given by events.impressions.label");
    EventMapping mapping = columns.event(events.impressionMapping());
    for (Field field : config.features().fields()) {
      for (String feature : field.rawNames()) {
        columns.feature(feature, field, Optional.ofNullable(events.featurePaths().get(feature)));
      }
    }
    var deserializer =
        new ImpressionDeserializer(
            events.ofColumns(mapping, events.actionMapping()),
            config.features(),
            join.timerBucket(),
            config.evaluate().slices());
    return events(
        name,
        columns,
        deserializer,
        EventSources.impressionWatermarks(join, SourceRouter.NEVER),
        WireType.of(SourceRecord.class, EncodedImpression.class));
  }

  /**
   * The actions of a table, which is named as their topic would be.
   *
   * @throws ConfigException where there is no such table, or it is none of actions
   */
  public DataStream<SourceRecord<Click>> clicks(String name) {
    EventSettings events = config.events();
    JoinSettings join = config.actions();
    EventColumns columns = tables.columns(name, "of the actions that are joined (join.actions)");
    EventMapping mapping = columns.event(events.actionMapping());
    var deserializer =
        new ClickDeserializer(
            events.ofColumns(events.impressionMapping(), mapping),
            join.definition().actionsOf(name),
            join.timerBucket());
    return events(
        name,
        columns,
        deserializer,
        EventSources.clickWatermarks(config.joinOf(name), name, SourceRouter.NEVER),
        WireType.of(SourceRecord.class, Click.class));
  }

  /** Whether all tables that were read so far have an end. */
  public boolean areBounded() {
    return tables.areBounded();
  }

  private <T> DataStream<SourceRecord<T>> events(
      String name,
      EventColumns columns,
      EventDeserializer<T> deserializer,
      WatermarkStrategy<SourceRecord<T>> watermarks,
      WireType<SourceRecord<T>> type) {
    DataStream<Row> rows = tables.rows(name, columns);
    boolean declares = columns.watermark().isPresent();
    return rows.transform(
            "read " + name, type, new RowEvents<>(name, deserializer, watermarks, declares))
        .uid("sql-" + name)
        .setParallelism(rows.getParallelism());
  }
}
