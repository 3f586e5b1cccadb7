package io.freshet.cli.fit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.freshet.config.FitConfig;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.Outcome;
import io.freshet.feature.Example;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.Field;
import io.freshet.feature.LabelledExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads a file of comma-separated values with a header into examples: the columns of the fields'
 * names and that of the label; others are passed over. An empty cell is a missing value.
 *
 * <p>Any row that is not right ends the reading, with its line: what is compared must be complete.
 */
final class FitTable {
  private static final CsvMapper CSV =
      CsvMapper.builder()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

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
    try (MappingIterator<String[]> rows =
        CSV.readerFor(String[].class)
            .with(CsvSchema.emptySchema())
            .readValues(Files.newInputStream(file))) {
      long line = 1;
      try {
        String[] header = rows.hasNextValue() ? rows.nextValue() : new String[0];
        Map<String, Integer> columns = columns(file, header);
        while (rows.hasNextValue()) {
          line = rows.getParser().currentLocation().getLineNr();
          examples.add(example(header.length, columns, rows.nextValue()));
        }
      } catch (IllegalArgumentException | JsonProcessingException e) {
        throw new IOException("%s:%d: %s".formatted(file, line, firstLine(e)), e);
      }
    }
    if (examples.isEmpty()) {
      throw new IOException(file + " has no rows below its header");
    }
    return examples;
  }

  private Map<String, Integer> columns(Path file, String[] header) throws IOException {
    Map<String, Integer> all = new HashMap<>();
    for (int i = 0; i < header.length; i++) {
      all.put(header[i].strip(), i);
    }
    List<String> wanted = new ArrayList<>(List.of(config.label()));
    config.features().fields().stream()
        .filter(field -> !(field instanceof Field.Cross))
        .forEach(field -> wanted.add(field.name()));
    List<String> absent = wanted.stream().filter(name -> !all.containsKey(name)).toList();
    if (!absent.isEmpty()) {
      throw new IOException(
          "%s:1: no column is named %s; its columns are %s"
              .formatted(file, String.join(", ", absent), String.join(", ", header)));
    }
    all.keySet().retainAll(wanted);
    return all;
  }

  private LabelledExample example(int width, Map<String, Integer> columns, String[] row) {
    if (row.length != width) {
      throw new IllegalArgumentException(
          "%d values, but there are %d columns".formatted(row.length, width));
    }
    Map<String, Object> values = new HashMap<>();
    for (Field field : config.features().fields()) {
      String cell = field instanceof Field.Cross ? "" : row[columns.get(field.name())];
      if (!cell.isEmpty()) {
        values.put(field.name(), value(field, cell));
      }
    }
    FeatureNames names = encoder.names();
    Outcome<Example> outcome = encoder.encode(FeatureValues.of(names, values));
    if (outcome instanceof Outcome.Good<Example> good) {
      return new LabelledExample("", 0, label(row[columns.get(config.label())]), 1, good.value());
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

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
