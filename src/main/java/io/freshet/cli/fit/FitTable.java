package io.freshet.cli.fit;

import io.freshet.cli.replay.BadRowException;
import io.freshet.cli.replay.Row;
import io.freshet.cli.replay.RowReader;
import io.freshet.cli.replay.TableFile;
import io.freshet.config.FitConfig;
import io.freshet.event.FeatureValues;
import io.freshet.event.Outcome;
import io.freshet.feature.Example;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.Field;
import io.freshet.feature.LabelledExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a file of comma-separated values with a header into examples: the columns of the fields'
 * names and that of the label; others are passed over. An empty cell is a missing value.
 *
 * <p>Any row that is not right ends the reading, with its line: what is compared must be complete.
 */
final class FitTable {
  private final FitConfig config;
  private final ExampleEncoder encoder;
  private final Pattern separator;

  FitTable(FitConfig config) {
    this.config = config;
    encoder = new ExampleEncoder(config.features());
    separator = Pattern.compile(Pattern.quote(config.separator()));
  }

  /**
   * Reads all rows.
   *
   * @throws IOException where the file, a column, a row or a cell is not what it should be
   */
  List<LabelledExample> read(Path file) throws IOException {
    List<LabelledExample> examples = new ArrayList<>();
    TableFile table = new TableFile(file.toAbsolutePath().toString(), ',', "\"", List.of());
    try (RowReader rows = new RowReader(file.toAbsolutePath().getParent(), table)) {
      checkColumns(file, rows.columns());
      try {
        for (Optional<Row> row = rows.next(); row.isPresent(); row = rows.next()) {
          examples.add(example(row.get()));
        }
      } catch (IllegalArgumentException | BadRowException e) {
        throw new IOException("%s:%d: %s".formatted(file, rows.line(), e.getMessage()), e);
      }
    }
    if (examples.isEmpty()) {
      throw new IOException(file + " has no rows below its header");
    }
    return examples;
  }

  private void checkColumns(Path file, List<String> columns) throws IOException {
    List<String> absent = new ArrayList<>(List.of(config.label()));
    config.features().fields().stream()
        .filter(field -> !(field instanceof Field.Cross))
        .forEach(field -> absent.add(field.name()));
    absent.removeAll(columns);
    if (!absent.isEmpty()) {
      throw new IOException(
          "%s:1: no column is named %s; its columns are %s"
              .formatted(file, String.join(", ", absent), String.join(", ", columns)));
    }
  }

  private LabelledExample example(Row row) {
    Map<String, Object> values = new HashMap<>();
    for (Field field : config.features().fields()) {
      if (!(field instanceof Field.Cross)) {
        row.cell(field.name()).ifPresent(cell -> values.put(field.name(), value(field, cell)));
      }
    }
    Outcome<Example> outcome = encoder.encode(FeatureValues.of(encoder.names(), values));
    if (outcome instanceof Outcome.Good<Example> good) {
      return new LabelledExample(
          "", 0, label(row.cell(config.label()).orElse("")), 1, good.value());
    }
    throw new IllegalArgumentException(((Outcome.Rejected<Example>) outcome).rejection().reason());
  }

  private Object value(Field field, String cell) {
    if (field instanceof Field.Numeric) {
      return number(field.name(), cell);
    }
    return field instanceof Field.Multi ? List.of(separator.split(cell)) : cell;
  }

  private float label(String cell) {
    double label = number(config.label(), cell);
    if (!(label >= 0 && label <= 1)) {
      throw new IllegalArgumentException(
          "%s: %s is not from 0 to 1".formatted(config.label(), cell));
    }
    return (float) label;
  }

  private static double number(String column, String cell) {
    try {
      return Double.parseDouble(cell.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("%s: %s is not a number".formatted(column, cell), e);
    }
  }
}
