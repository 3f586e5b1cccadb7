package io.freshet.job.sql;

import static java.util.Objects.requireNonNull;

import io.freshet.config.option.ConfigException;
import io.freshet.config.option.ConfigFile;
import io.freshet.snapshot.storage.FlinkStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A script of Flink SQL, statement by statement. A semicolon ends one, but in quotes and comments.
 *
 * @param name of the script, for messages
 */
record SqlScript(String name, List<Statement> statements) {
  private static final int MAX_BYTES = 1 << 20;
  private static final String COMMENT = "--[^\\n]*+|/\\*(?s:.*?)\\*/";
  private static final Pattern TOKEN = Pattern.compile("'[^']*+'|`[^`]*+`|;|" + COMMENT);
  private static final Pattern BLANK = Pattern.compile("(?:\\s|" + COMMENT + ")*+");

  SqlScript {
    requireNonNull(name, "name");
    statements = List.copyOf(statements);
  }

  /**
   * A statement.
   *
   * @param text with the lines before it left blank, so that a place in it is one in the script
   * @param line that it begins at, from 1
   * @param keyword its first word, in upper case
   */
  record Statement(String text, int line, String keyword) {}

  /**
   * Reads a script.
   *
   * @param place a path, or a URI of one of Flink's file systems
   * @throws ConfigException where it cannot be read
   */
  static SqlScript read(String place) {
    if (!place.matches("[A-Za-z][A-Za-z0-9+.-]+:/.*")) {
      return of(place, ConfigFile.text(Path.of(place)));
    }
    int name = place.lastIndexOf('/') + 1;
    try (InputStream in = FlinkStorage.at(place.substring(0, name)).open(place.substring(name))) {
      return of(place, new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ConfigException(List.of("events.sql: %s: %s".formatted(place, e.getMessage())));
    }
  }

  static SqlScript of(String name, String text) {
    List<Statement> statements = new ArrayList<>();
    int begin = 0;
    for (Matcher token = TOKEN.matcher(text); token.find(); ) {
      if (token.group().equals(";")) {
        add(text, begin, token.start(), statements);
        begin = token.end();
      }
    }
    add(text, begin, text.length(), statements);
    return new SqlScript(name, statements);
  }

  private static void add(String script, int begin, int end, List<Statement> to) {
    Matcher blank = BLANK.matcher(script).region(begin, end);
    int first = blank.lookingAt() ? blank.end() : begin;
    if (first == end) {
      return;
    }
    String before = script.substring(0, first).replaceAll("[^\\n]", " ");
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    String text = script.substring(first, end);
    String keyword = text.split("\\W", 2)[0].toUpperCase(Locale.ROOT);
    to.add(new Statement(before + text, line, keyword));
  }
}
