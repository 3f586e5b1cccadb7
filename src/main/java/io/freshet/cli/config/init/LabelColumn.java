package io.freshet.cli.config.init;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A column that says what came of an impression.
 *
 * @param atLeast values from here on are positives, of a rating
 * @param isDefault whether records without it are negatives
 */
public record LabelColumn(Column column, OptionalDouble atLeast, boolean isDefault) {
  private static final String NAME =
      "(.*_)?(label|click|clicks|clicked|clk|converted|conversion|purchased|bought|liked|target|y)";
  private static final String RATING = "(.*_)?(rating|stars|grade)";
  private static final int MOST_GRADES = 20;
  private static final double MOST_POSITIVES = 0.6;

  /** The first that looks like one. */
  static Optional<LabelColumn> among(List<Column> columns, int records) {
    return columns.stream()
        .filter(c -> !c.isList() && c.words().matches(NAME) && isBinary(c))
        .findFirst()
        .map(c -> new LabelColumn(c, OptionalDouble.empty(), isOnlyPositive(c, records)))
        .or(
            () ->
                columns.stream()
                    .filter(c -> !c.isList() && c.words().matches(RATING) && isGrade(c))
                    .findFirst()
                    .map(c -> new LabelColumn(c, OptionalDouble.of(threshold(c)), false)));
  }

  private static boolean isBinary(Column column) {
    return column.isBoolean() || column.numbers().allMatch(n -> n == 0 || n == 1);
  }

  private static boolean isOnlyPositive(Column column, int records) {
    return column.present() < records && column.least() == 1;
  }

  private static boolean isGrade(Column column) {
    return column.isNumber() && column.distinct() > 1 && column.distinct() <= MOST_GRADES;
  }

  /** The lowest grade that no more than so many reach; at least above the lowest there is. */
  private static double threshold(Column column) {
    double[] grades = column.numbers().sorted().distinct().toArray();
    for (double grade : grades) {
      if (share(column, grade) <= MOST_POSITIVES) {
        return grade;
      }
    }
    return grades[grades.length - 1];
  }

  private static double share(Column column, double from) {
    return (double) column.numbers().filter(n -> n >= from).count() / column.values().size();
  }

  /** Whether a record is a positive. */
  boolean isPositive(SampledRecord record) {
    SampledRecord.Found found = record.values().get(column.path());
    return found != null && Column.number(found.values().get(0)) >= atLeast.orElse(1);
  }

  String why(List<SampledRecord> records) {
    long positives = records.stream().filter(this::isPositive).count();
    return String.format(
        Locale.ROOT,
        "named as a label is; %.1f %% of the records are positives",
        100.0 * positives / records.size());
  }
}
