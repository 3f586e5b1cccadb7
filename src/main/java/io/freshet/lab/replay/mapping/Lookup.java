package io.freshet.lab.replay.mapping;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

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
