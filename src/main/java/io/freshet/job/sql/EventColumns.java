package io.freshet.job.sql;

import static java.util.Objects.requireNonNull;
import static org.apache.flink.table.types.logical.LogicalTypeFamily.CHARACTER_STRING;
import static org.apache.flink.table.types.logical.LogicalTypeFamily.DATETIME;
import static org.apache.flink.table.types.logical.LogicalTypeFamily.INTEGER_NUMERIC;
import static org.apache.flink.table.types.logical.LogicalTypeFamily.NUMERIC;
import static org.apache.flink.table.types.logical.LogicalTypeFamily.TIMESTAMP;
import static org.apache.flink.table.types.logical.LogicalTypeRoot.BOOLEAN;
import static org.apache.flink.table.types.logical.LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE;

import io.freshet.event.mapping.EventMapping;
import io.freshet.event.mapping.TimestampUnit;
import io.freshet.event.mapping.ValuePath;
import io.freshet.feature.Field;
import io.freshet.feature.VectorField;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * The columns of a table that events are made of, found as a record's values are, and whether their
 * types can be what is wanted. The others are not read.
 */
final class EventColumns {
  private final String table;
  private final ResolvedSchema schema;
  private final Set<String> columns = new LinkedHashSet<>();
  private final List<String> problems = new ArrayList<>();

  EventColumns(String table, ResolvedSchema schema) {
    this.table = requireNonNull(table, "table");
    this.schema = requireNonNull(schema, "schema");
  }

  /** Those that are wanted so far. */
  Set<String> columns() {
    return columns;
  }

  /** What is wrong, a line each. */
  List<String> problems() {
    return problems;
  }

  /** The column whose watermark the table declares. */
  Optional<String> watermark() {
    return schema.getColumns().stream()
        .filter(c -> LogicalTypeChecks.isRowtimeAttribute(c.getDataType().getLogicalType()))
        .map(Column::getName)
        .findFirst();
  }

  /** The type of a column whose watermark is declared, without the watermark. */
  Optional<DataType> timeType(String column) {
    return schema
        .getColumn(column)
        .map(Column::getDataType)
        .filter(type -> LogicalTypeChecks.isRowtimeAttribute(type.getLogicalType()))
        .map(
            type ->
                type.getLogicalType().is(TIMESTAMP_WITH_LOCAL_TIME_ZONE)
                    ? DataTypes.TIMESTAMP_LTZ(3)
                    : DataTypes.TIMESTAMP(3));
  }

  /** Takes what every event has; the mapping that finds it. */
  EventMapping event(EventMapping given) {
    need(
        given.id(),
        type -> type.isAnyOf(CHARACTER_STRING, INTEGER_NUMERIC),
        "a text or an integer");
    if (find(given.own()).isPresent()) {
      take(given.own());
    }
    if (given.label().isGiven()) {
      need(given.label().path(), EventColumns::isScalar, "a number or a boolean");
    }
    return watermark().map(column -> timed(given, column)).orElseGet(() -> untimed(given));
  }

  private EventMapping timed(EventMapping given, String column) {
    ValuePath path = new ValuePath(column.replace(".", "\\."));
    take(path);
    return new EventMapping(true, given.id(), path, TimestampUnit.MS, given.own(), given.label());
  }

  /** Event time is a plain column's. */
  private EventMapping untimed(EventMapping given) {
    Optional<LogicalType> type = find(given.timestamp());
    if (type.isEmpty()) {
      problems.add(
          "%s has no event time: no column of it has a watermark; expected WATERMARK FOR in a table and that column in %s, or a column by events.impressions.timestamp or events.clicks.timestamp"
              .formatted(table, table));
      return given;
    }
    boolean isTime = type.get().isAnyOf(TIMESTAMP);
    need(
        given.timestamp(),
        t -> t.isAnyOf(TIMESTAMP, NUMERIC, CHARACTER_STRING),
        "a TIMESTAMP or TIMESTAMP_LTZ, or what events.impressions.timestamp-unit says");
    return new EventMapping(
        true,
        given.id(),
        given.timestamp(),
        isTime ? TimestampUnit.MS : given.unit(),
        given.own(),
        given.label());
  }

  /**
   * Takes a feature that a field reads. There need not be a column of one that is filled.
   *
   * @param given where it is; empty for by its name, at the top or under {@code features}
   */
  void feature(String name, Field field, Optional<ValuePath> given) {
    ValuePath path =
        given.orElseGet(
            () -> {
              ValuePath under = new ValuePath("features." + name);
              ValuePath top = new ValuePath(name);
              return find(top).isEmpty() && find(under).isPresent() ? under : top;
            });
    if (field.isFilled() && given.isEmpty() && find(path).isEmpty()) {
      return;
    }
    if (field instanceof VectorField) {
      need(
          path,
          type -> isList(type, EventColumns::isNumber) || type.is(CHARACTER_STRING),
          "an ARRAY of numbers, or a text in base64");
    } else if (!field.takesList()) {
      need(path, EventColumns::isScalar, "a text, number, boolean or time");
    } else if (name.equals(field.name())) {
      need(
          path,
          type -> isScalar(type) || isList(type, EventColumns::isScalar) || isWeighted(type),
          "an ARRAY of texts, numbers, booleans or times, one such value, or a MAP or ROW of"
              + " numbers");
    } else {
      need(
          path,
          type -> isNumber(type) || isList(type, EventColumns::isNumber),
          "an ARRAY of numbers");
    }
  }

  private static boolean isList(LogicalType type, Predicate<LogicalType> element) {
    return type instanceof ArrayType list && element.test(list.getElementType());
  }

  /** Whether it is from values to weights. */
  private static boolean isWeighted(LogicalType type) {
    return type instanceof MapType map && isNumber(map.getValueType())
        || type instanceof RowType row
            && row.getChildren().stream().allMatch(EventColumns::isNumber);
  }

  private static boolean isNumber(LogicalType type) {
    return type.is(NUMERIC);
  }

  private void need(ValuePath path, Predicate<LogicalType> fits, String right) {
    Optional<LogicalType> type = find(path);
    if (type.isEmpty()) {
      problems.add(
          "%s has no column %s; its columns are %s"
              .formatted(table, path.text(), String.join(", ", schema.getColumnNames())));
    } else if (!fits.test(type.get())) {
      problems.add(
          "%s: %s is %s; expected %s"
              .formatted(table, path.text(), type.get().asSummaryString(), right));
    }
    take(path);
  }

  private void take(ValuePath path) {
    columns.add(path.steps().get(0).name());
  }

  private Optional<LogicalType> find(ValuePath path) {
    List<ValuePath.Step> steps = path.steps();
    Optional<LogicalType> at =
        schema.getColumn(steps.get(0).name()).map(column -> column.getDataType().getLogicalType());
    for (ValuePath.Step step : steps.subList(1, steps.size())) {
      at = at.flatMap(type -> within(type, step));
    }
    return at;
  }

  private static Optional<LogicalType> within(LogicalType type, ValuePath.Step step) {
    if (step.isEach()) {
      return type instanceof ArrayType list ? Optional.of(list.getElementType()) : Optional.empty();
    }
    if (type instanceof MapType map) {
      return Optional.of(map.getValueType());
    }
    return type instanceof RowType row && row.getFieldIndex(step.name()) >= 0
        ? Optional.of(row.getTypeAt(row.getFieldIndex(step.name())))
        : Optional.empty();
  }

  private static boolean isScalar(LogicalType type) {
    return type.is(BOOLEAN) || type.isAnyOf(CHARACTER_STRING, NUMERIC, DATETIME);
  }
}
