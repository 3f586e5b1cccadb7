package io.freshet.cli.config.init;

import com.fasterxml.jackson.core.JsonToken;
import io.freshet.event.RejectedException;
import io.freshet.event.parse.Tokens;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a record holds, by the paths by which a mapping finds it.
 *
 * @param kafkaTime the record's own timestamp, epoch milliseconds; -1 where there is none
 */
public record SampledRecord(Map<String, Found> values, long kafkaTime) {

  /**
   * What is at a path.
   *
   * @param values strings, longs, doubles and booleans; never none
   */
  public record Found(boolean isList, List<Object> values) {}

  /** Reads the current object to its end. */
  static SampledRecord read(Tokens record, long kafkaTime) throws IOException, RejectedException {
    Map<String, Found> values = new LinkedHashMap<>();
    readObject("", false, record, values);
    return new SampledRecord(values, kafkaTime);
  }

  private static void readObject(String path, boolean inList, Tokens record, Map<String, Found> to)
      throws IOException, RejectedException {
    for (String name = record.nextFieldName(); name != null; name = record.nextFieldName()) {
      record.nextToken();
      if (name.isEmpty() || name.matches(".*[\\[\\]\\\\].*")) {
        record.skipChildren(); // no path leads there
      } else {
        String step = name.replace(".", "\\.");
        readValue(path.isEmpty() ? step : path + '.' + step, inList, record, to);
      }
    }
  }

  private static void readValue(String path, boolean inList, Tokens record, Map<String, Found> to)
      throws IOException, RejectedException {
    if (record.currentToken() == JsonToken.START_OBJECT) {
      readObject(path, inList, record, to);
    } else if (record.currentToken() == JsonToken.START_ARRAY) {
      while (record.nextToken() != JsonToken.END_ARRAY) {
        readElement(path, record, to);
      }
    } else {
      add(path, inList, record, to);
    }
  }

  private static void readElement(String path, Tokens record, Map<String, Found> to)
      throws IOException, RejectedException {
    if (record.currentToken() == JsonToken.START_OBJECT) {
      readObject(path + "[]", true, record, to);
    } else if (record.currentToken() == JsonToken.START_ARRAY) {
      record.skipChildren();
    } else {
      add(path, true, record, to);
    }
  }

  private static void add(String path, boolean isList, Tokens record, Map<String, Found> to)
      throws IOException {
    Object value =
        switch (record.currentToken()) {
          case VALUE_STRING -> record.getText();
          case VALUE_NUMBER_INT ->
              Math.abs(record.getDoubleValue()) < 0x1p63
                  ? (Object) record.getLongValue()
                  : record.getText();
          case VALUE_NUMBER_FLOAT -> record.getDoubleValue();
          case VALUE_TRUE -> true;
          case VALUE_FALSE -> false;
          default -> null; // null, and bytes
        };
    if (value != null) {
      to.computeIfAbsent(path, p -> new Found(isList, new ArrayList<>())).values().add(value);
    }
  }
}
