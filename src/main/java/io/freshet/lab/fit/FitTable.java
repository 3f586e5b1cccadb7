package io.freshet.lab.fit;

import io.freshet.config.FitConfig;
import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.NumericField;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.replay.mapping.BadRowException;
import io.freshet.lab.replay.mapping.Row;
import io.freshet.lab.replay.mapping.RowReader;
import io.freshet.lab.replay.mapping.TableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a CSV file with a header into examples: the columns of the fields and of the label; others
 * are ignored. An empty cell is a missing value.
 *
 * <p>Any wrong row ends the reading, with its line, as a comparison needs complete data.
 */
public final class FitTable {
  private final FeatureSchema features;
  private final String label;
  private final ExampleEncoder encoder;
  private final Pattern separator;

  FitTable(FitConfig config) {
    this(config.features(), config.label(), config.separator());
  }

  /**
   * @param label the column of the label, 0 or 1
   * @param separator between the values in a cell of a {@code multi} field
   */
  public FitTable(FeatureSchema features, String label, String separator) {
    this.features = features;
    this.label = label;
    encoder = new ExampleEncoder(features);
    this.separator = Pattern.compile(Pattern.quote(separator));
  }

  public interface RowSink {
    void row(FeatureValues values, LabeledExample example);
  }

  List<LabeledExample> read(Path file) throws IOException {
    List<LabeledExample> examples = new ArrayList<>();
    read(file, (values, example) -> examples.add(example));
    return examples;
  }

  /**
   * Passes on the rows one by one.
   *
   * @throws IOException if the file, a column, a row or a cell is not what it should be
   */
  public void read(Path file, RowSink to) throws IOException {
    boolean empty = true;
    TableFile table = new TableFile(file.toAbsolutePath().toString(), ',', "\"", List.of());
    try (RowReader rows = new RowReader(file.toAbsolutePath().getParent(), table)) {
      checkColumns(file, rows.columns());
      try {
        for (Optional<Row> row = rows.next(); row.isPresent(); row = rows.next()) {
          empty = false;
          take(row.get(), to);
        }
      } catch (IllegalArgumentException | BadRowException e) {
        throw new IOException("%s:%s: %s".formatted(file, rows.line(), e.getMessage()), e);
      }
    }
    if (empty) {
      throw new IOException(file + " has no rows below its header");
    }
  }

  private void checkColumns(Path file, List<String> columns) throws IOException {
    List<String> absent = new ArrayList<>(List.of(label));
    features.fields().forEach(field -> absent.addAll(field.rawNames()));
    absent.removeAll(columns);
    if (Set.copyOf(columns).size() < columns.size()) {
      throw new IOException("%s:1: two columns have one name: %s".formatted(file, columns));
    }
    if (!absent.isEmpty()) {
      throw new IOException(
          "%s:1: no column is named %s; its columns are %s"
              .formatted(file, String.join(", ", absent), String.join(", ", columns)));
    }
  }

  private void take(Row row, RowSink to) {
    Map<String, Object> values = new HashMap<>();
    for (Field field : features.fields()) {
      for (String name : field.rawNames()) {
        row.cell(name).ifPresent(cell -> values.put(name, value(field, name, cell)));
      }
    }
    FeatureValues read = FeatureValues.of(encoder.names(), values);
    DecodeResult<Example> outcome = encoder.encode(read);
    if (outcome instanceof DecodeResult.Rejected<Example> rejected) {
      throw new IllegalArgumentException(rejected.rejection().reason());
    }
    Example example = ((DecodeResult.Good<Example>) outcome).value();
    to.row(read, new LabeledExample("", 0, label(row.cell(label).orElse("")), 1, example));
  }

  private Object value(Field field, String name, String cell) {
    if (field instanceof NumericField) {
      return number(name, cell);
    }
    if (field instanceof VectorField || !name.equals(field.name())) {
      return separator.splitAsStream(cell).map(part -> number(name, part)).toList();
    }
    return field.takesList() ? List.of(separator.split(cell)) : cell;
  }

  private float label(String cell) {
    double value = number(label, cell);
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("%s: %s is not from 0 to 1".formatted(label, cell));
    }
    return (float) value;
  }

  private static double number(String column, String cell) {
    try {
      return Double.parseDouble(cell.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("%s: %s is not a number".formatted(column, cell), e);
    }
  }
}
