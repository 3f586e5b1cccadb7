package io.freshet.cli.config.init;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a sample of records seems to be: which column is what.
 *
 * @param id nothing where no column names records
 * @param time nothing where only Kafka knows it
 * @param label nothing where clicks are to be joined
 * @param user the field that partitions the examples
 */
public record Draft(
    List<SampledRecord> records,
    Optional<Column> id,
    Optional<TimeColumn> time,
    Optional<LabelColumn> label,
    Optional<Column> weight,
    List<FieldDraft> fields,
    FieldDraft user) {
  private static final String WEIGHT = "(importance_|sample_|example_)?weight";
  private static final String[] ID_NAMES = {
    "impression_id",
    ".*impression.*",
    "(.*_)?request(_id)?",
    "(event|record|message|row)_id",
    "u?u?id",
    ".*_u?u?id"
  };

  /** Guesses; there is at least one column that may be a field. */
  public static Draft of(List<SampledRecord> records) {
    List<Column> columns = Column.of(records);
    List<TimeColumn> times =
        columns.stream().map(TimeColumn::of).flatMap(Optional::stream).toList();
    Optional<TimeColumn> time = TimeColumn.best(times, records.size());
    List<Column> rest = new ArrayList<>(columns);
    time.ifPresent(t -> rest.remove(t.column()));
    Optional<Column> id = id(rest, records.size());
    id.ifPresent(rest::remove);
    Optional<LabelColumn> label = LabelColumn.among(rest, records.size());
    label.ifPresent(l -> rest.remove(l.column()));
    Optional<Column> weight = rest.stream().filter(Draft::isWeight).findFirst();
    weight.ifPresent(rest::remove);
    if (rest.isEmpty()) {
      throw new IllegalArgumentException("the records have nothing to learn from");
    }
    List<FieldDraft> fields =
        rest.stream().map(column -> FieldDraft.of(column, records, label)).toList();
    FieldDraft user = user(fields);
    return new Draft(records, id, time, label, weight, with(user, fields), user);
  }

  private static boolean isWeight(Column column) {
    return column.words().matches(WEIGHT)
        && !column.isList()
        && column.isNumber()
        && column.least() > 0;
  }

  /** A value of its own in each record, by the name that says so most clearly. */
  private static Optional<Column> id(List<Column> columns, int records) {
    for (String name : ID_NAMES) {
      for (Column column : columns) {
        boolean isOwn = column.present() == records && column.distinct() == records;
        boolean isText = column.isText() || column.isNumber() && column.isWhole();
        if (isOwn && isText && !column.isList() && column.words().matches(name)) {
          return Optional.of(column);
        }
      }
    }
    return Optional.empty();
  }

  /** The field that looks like one, or else the one of most names. */
  private static FieldDraft user(List<FieldDraft> fields) {
    Optional<FieldDraft> named = fields.stream().filter(FieldDraft::isUser).findFirst();
    return named
        .or(
            () ->
                fields.stream()
                    .filter(field -> !field.isLeftOut() && field.kind().equals("categorical"))
                    .max(Comparator.comparingInt(field -> field.column().distinct())))
        .orElseGet(
            () -> {
              FieldDraft first = fields.get(0);
              return new FieldDraft(first.column(), "categorical", false, first.why());
            });
  }

  /** The user is a field in any case. */
  private static List<FieldDraft> with(FieldDraft user, List<FieldDraft> fields) {
    return fields.stream()
        .map(
            field ->
                field.column() == user.column()
                    ? new FieldDraft(
                        field.column(), user.kind(), false, field.why() + "; taken for the user")
                    : field)
        .toList();
  }
}
