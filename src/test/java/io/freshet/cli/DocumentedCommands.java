package io.freshet.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The fenced blocks of the documentation, and the commands in them. */
final class DocumentedCommands {
  private DocumentedCommands() {}

  /**
   * A block between fences.
   *
   * @param kind what follows the opening fence
   * @param line of the opening fence, from 1
   */
  record Block(Path page, int line, String kind, String text) {}

  /**
   * A command, with its continuations.
   *
   * @param text without the prompt
   */
  record Command(Path page, int line, String text) {
    @Override
    public String toString() {
      return page + ":" + line + ": " + text;
    }

    /** What a shell would make of it, up to the first pipe, redirection or comment. */
    List<String> words() {
      return Words.of(text);
    }
  }

  /** README and every page of the documentation. */
  static List<Path> pages() {
    try (Stream<Path> docs = Files.list(Path.of("src/docs"))) {
      return Stream.concat(
              Stream.of(Path.of("README.md")),
              docs.filter(page -> page.toString().endsWith(".md")).sorted())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("run in the project's directory", e);
    }
  }

  static List<Block> blocks(Path page) {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = lines(page);
    int open = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith("```")) {
        if (open < 0) {
          open = i;
        } else {
          String kind = lines.get(open).strip().substring(3);
          String text = String.join("\n", lines.subList(open + 1, i));
          blocks.add(new Block(page, open + 1, kind, text));
          open = -1;
        }
      }
    }
    return blocks;
  }

  static List<Command> commands(Path page) {
    List<Command> commands = new ArrayList<>();
    for (Block block : blocks(page)) {
      String[] lines = block.text().split("\n");
      for (int i = 0; i < lines.length; i++) {
        int first = i;
        StringBuilder text = new StringBuilder(lines[i].strip().replaceFirst("^\\$ ", ""));
        while (text.toString().endsWith("\\") && i + 1 < lines.length) {
          text.setLength(text.length() - 1);
          text.append(lines[++i].strip());
        }
        commands.add(new Command(page, block.line() + 1 + first, text.toString()));
      }
    }
    return commands;
  }

  private static List<String> lines(Path page) {
    try {
      return Files.readAllLines(page);
    } catch (IOException e) {
      throw new UncheckedIOException(page.toString(), e);
    }
  }

  /** Splits a line into words, minding quotes. */
  private static final class Words {
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private char quote;

    static List<String> of(String line) {
      Words words = new Words();
      for (char c : line.toCharArray()) {
        if (!words.take(c)) {
          break;
        }
      }
      words.end();
      return words.words;
    }

    private boolean take(char c) {
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (Character.isWhitespace(c)) {
        end();
      } else if (!inWord && c == '#' || "|;&<>".indexOf(c) >= 0) {
        return false;
      } else {
        inWord = true;
        word.append(c);
      }
      return true;
    }

    private void end() {
      if (inWord) {
        words.add(word.toString());
      }
      word.setLength(0);
      inWord = false;
    }
  }
}
