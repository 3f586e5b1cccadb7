package io.freshet.cli.config.init;

import io.freshet.event.parse.NumberText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/** What the records of a sample hold at one path. */
public final class Column {
  private final String path;
  private final List<Object> values = new ArrayList<>();
  private final Set<Object> distinct = new LinkedHashSet<>();
  private int present;
  private boolean isList;
  private final Set<Integer> lengths = new HashSet<>();

  private Column(String path) {
    this.path = path;
  }

  /** The columns of records, in the order in which they come. */
  static List<Column> of(List<SampledRecord> records) {
    Map<String, Column> columns = new LinkedHashMap<>();
    for (SampledRecord record : records) {
      record
          .values()
          .forEach((path, found) -> columns.computeIfAbsent(path, Column::new).add(found));
    }
    return List.copyOf(columns.values());
  }

  private void add(SampledRecord.Found found) {
    present++;
    isList |= found.isList();
    lengths.add(found.values().size());
    values.addAll(found.values());
    found.values().forEach(value -> distinct.add(value.toString()));
  }

  String path() {
    return path;
  }

  /** The last name of the path. */
  String name() {
    String last = path.replaceAll("(\\[\\])+", "").replaceAll(".*(?<!\\\\)\\.", "");
    return last.replace("\\.", ".");
  }

  /** The last name in lower case, its words apart by underscores. */
  String words() {
    return name()
        .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("[^A-Za-z0-9]+", "_")
        .toLowerCase(Locale.ROOT);
  }

  /** How many records have it. */
  int present() {
    return present;
  }

  int distinct() {
    return distinct.size();
  }

  boolean isList() {
    return isList;
  }

  /** How many numbers each record has, if all have as many; otherwise 0. */
  int vectorSize() {
    boolean areNumbers = values.stream().allMatch(Number.class::isInstance);
    return isList && areNumbers && lengths.size() == 1 ? lengths.iterator().next() : 0;
  }

  Object first() {
    return values.get(0);
  }

  boolean isBoolean() {
    return values.stream().allMatch(Boolean.class::isInstance);
  }

  /** Whether all are numbers, or texts of numbers as people write them. */
  boolean isNumber() {
    return values.stream()
        .allMatch(v -> !Double.isNaN(number(v)) && !v.toString().matches("[-+]?0[0-9]+"));
  }

  boolean isText() {
    return values.stream().allMatch(String.class::isInstance);
  }

  boolean isWhole() {
    return numbers().allMatch(n -> n == Math.rint(n));
  }

  double least() {
    return numbers().min().orElse(Double.NaN);
  }

  double most() {
    return numbers().max().orElse(Double.NaN);
  }

  DoubleStream numbers() {
    return values.stream().mapToDouble(Column::number);
  }

  List<Object> values() {
    return values;
  }

  double meanLength() {
    return values.stream().mapToInt(v -> v.toString().length()).average().orElse(0);
  }

  /** The number that a value is or is written as, 1 or 0 of a boolean; NaN if none. */
  static double number(Object value) {
    if (value instanceof Boolean is) {
      return is ? 1 : 0;
    }
    return value instanceof Number number
        ? number.doubleValue()
        : NumberText.parse(value.toString());
  }
}
