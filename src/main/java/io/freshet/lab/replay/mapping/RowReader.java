package io.freshet.lab.replay.mapping;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the rows of a file one by one. A row with a wrong number of values is bad; blank lines are
 * skipped.
 */
public final class RowReader implements AutoCloseable {
  private static final CsvMapper CSV =
      CsvMapper.builder()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

  private final MappingIterator<String[]> rows;
  private final List<String> columns;
  private long line;

  public RowReader(Path directory, TableFile file) throws IOException {
    rows = open(directory.resolve(requireNonNull(file, "file").file()), file);
    columns = file.columns().isEmpty() ? header(file) : file.columns();
  }

  public List<String> columns() {
    return columns;
  }

  /** The first line of the row that {@link #next} read last, from 1. */
  public long line() {
    return line;
  }

  public Optional<Row> next() throws IOException, BadRowException {
    try {
      if (!rows.hasNextValue()) {
        return Optional.empty();
      }
      line = rows.getParser().currentLocation().getLineNr();
      return Optional.of(new Row(line, cells(rows.nextValue())));
    } catch (JsonProcessingException e) {
      throw new BadRowException(e.getOriginalMessage());
    }
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  private Map<String, String> cells(String[] values) throws BadRowException {
    if (values.length != columns.size()) {
      throw new BadRowException(
          "%s values, but there are %s columns".formatted(values.length, columns.size()));
    }
    Map<String, String> cells = new HashMap<>(2 * values.length);
    for (int i = 0; i < values.length; i++) {
      cells.put(columns.get(i), values[i]);
    }
    return cells;
  }

  private List<String> header(TableFile file) throws IOException {
    if (!rows.hasNextValue()) {
      throw new IOException(file.file() + " is empty; expected a line with the columns' names");
    }
    return Arrays.asList(rows.nextValue());
  }

  private static MappingIterator<String[]> open(Path path, TableFile file) throws IOException {
    CsvSchema format = CsvSchema.emptySchema().withColumnSeparator(file.separator());
    ObjectReader reader =
        CSV.readerFor(String[].class)
            .with(
                file.quote().isEmpty()
                    ? format.withoutQuoteChar()
                    : format.withQuoteChar(file.quote().charAt(0)));
    try {
      return reader.readValues(Files.newInputStream(path));
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + path, e);
    }
  }
}
