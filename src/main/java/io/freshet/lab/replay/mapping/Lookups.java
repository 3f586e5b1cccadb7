package io.freshet.lab.replay.mapping;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The files that add columns to rows, held in memory. */
public final class Lookups {
  private final List<Table> tables = new ArrayList<>();
  private final Set<String> columns = new LinkedHashSet<>();

  public Lookups(Path directory, List<Lookup> lookups) throws IOException {
    for (Lookup lookup : lookups) {
      try (RowReader reader = new RowReader(directory, lookup.file())) {
        if (!reader.columns().contains(lookup.on())) {
          throw new IOException(
              "%s has no column %s; there are %s"
                  .formatted(lookup.file().file(), lookup.on(), reader.columns()));
        }
        tables.add(new Table(lookup.on(), read(reader, lookup)));
        columns.addAll(reader.columns());
      }
    }
  }

  public Set<String> columns() {
    return columns;
  }

  /** Adds the cells of the row's matches; its own cells win. */
  public Row join(Row row) {
    if (tables.isEmpty()) {
      return row;
    }
    Map<String, String> cells = new HashMap<>();
    for (Table table : tables) {
      cells.putAll(table.rows.getOrDefault(row.cells().getOrDefault(table.on, ""), Map.of()));
    }
    cells.putAll(row.cells());
    return new Row(row.line(), cells);
  }

  private static Map<String, Map<String, String>> read(RowReader reader, Lookup lookup)
      throws IOException {
    Map<String, Map<String, String>> rows = new HashMap<>();
    try {
      for (Optional<Row> row = reader.next(); row.isPresent(); row = reader.next()) {
        Map<String, String> cells = row.get().cells();
        if (rows.put(cells.get(lookup.on()), cells) != null) {
          throw new BadRowException(
              "column %s: '%s' occurs a second time; a lookup needs each once"
                  .formatted(lookup.on(), cells.get(lookup.on())));
        }
      }
      return rows;
    } catch (BadRowException e) {
      throw new IOException(
          "%s:%s: %s".formatted(lookup.file().file(), reader.line(), e.getMessage()), e);
    }
  }

  private record Table(String on, Map<String, Map<String, String>> rows) {}

  /**
   * A file that adds its columns to each row, by a column that both have.
   *
   * @param file the file
   * @param on the column in the rows and in the file, where each value occurs once
   */
  public record Lookup(TableFile file, String on) {

    @JsonCreator
    static Lookup of(
        @JsonProperty(value = "file", required = true) String file,
        @JsonProperty("separator") String separator,
        @JsonProperty("quote") String quote,
        @JsonProperty("columns") List<String> columns,
        @JsonProperty(value = "on", required = true) String on) {
      return new Lookup(
          TableFile.of(file, separator, quote, columns), requireNonNull(on, "on is empty"));
    }
  }
}
