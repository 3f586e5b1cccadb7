package io.freshet.interop.torch;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.interop.torch.ImportMapping.FieldTensors;
import io.freshet.wire.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The value that each row of a table is of; null where a row is of none. */
final class Vocabulary {
  private Vocabulary() {}

  /**
   * The values of a field's table.
   *
   * <p>A {@code .json} file holds an object from value to row, or one such object for each field by
   * its name, as FuxiCTR's {@code feature_vocab.json}; any other file a value a line, the first of
   * row 0.
   *
   * @param folder that the file's name is relative to
   */
  static String[] of(FieldTensors field, Path folder, int rows) throws IOException {
    String given = field.vocabulary().orElseThrow();
    if (given.equals(FieldTensors.INTEGERS)) {
      String[] integers = new String[rows];
      Arrays.setAll(integers, Integer::toString);
      return integers;
    }
    Path file = folder.resolve(given);
    return given.endsWith(".json") ? json(file, field.name(), rows) : lines(file, rows);
  }

  private static String[] lines(Path file, int rows) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8 text", e);
    }
    if (lines.size() != rows) {
      throw new IOException(
          "%s has %s lines; expected %s, one for each row of the table"
              .formatted(file, lines.size(), rows));
    }
    return lines.toArray(String[]::new);
  }

  private static String[] json(Path file, String field, int rows) throws IOException {
    JsonNode json;
    try {
      json = Json.parse(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    JsonNode own = json.path(field).isObject() ? json.path(field) : json;
    String[] values = new String[rows];
    for (Map.Entry<String, JsonNode> entry : own.properties()) {
      JsonNode row = entry.getValue();
      if (!row.isInt() || row.intValue() < 0 || row.intValue() >= rows) {
        throw new IOException(
            "%s: \"%s\" is %s; expected a row from 0 to %s"
                .formatted(file, entry.getKey(), row, rows - 1));
      }
      if (values[row.intValue()] != null) {
        throw new IOException(
            "%s: row %s is of \"%s\" and of \"%s\""
                .formatted(file, row, values[row.intValue()], entry.getKey()));
      }
      values[row.intValue()] = entry.getKey();
    }
    return values;
  }
}
