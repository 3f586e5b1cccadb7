package io.freshet.lab.replay.mapping;

import static io.freshet.lab.replay.mapping.ReplayMapping.check;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;

/**
 * A file of separated values.
 *
 * @param file its name, in the directory of the data
 * @param quote the character around values with separators; empty for none
 * @param columns their names; empty where the first line has them
 */
public record TableFile(String file, char separator, String quote, List<String> columns) {

  public TableFile {
    columns = List.copyOf(columns);
    check(!file.isBlank(), "file", "is empty");
    check(quote.length() <= 1, "quote", "'" + quote + "' is not one character, or empty");
    check(new HashSet<>(columns).size() == columns.size(), "columns", "name one twice: " + columns);
  }

  @JsonCreator
  static TableFile of(
      @JsonProperty(value = "file", required = true) String file,
      @JsonProperty("separator") String separator,
      @JsonProperty("quote") String quote,
      @JsonProperty("columns") List<String> columns) {
    String between = requireNonNullElse(separator, ",");
    check(between.length() == 1, "separator", "'" + between + "' is not one character");
    return new TableFile(
        requireNonNull(file, "file is empty"),
        between.charAt(0),
        requireNonNullElse(quote, "\""),
        requireNonNullElse(columns, List.of()));
  }
}
