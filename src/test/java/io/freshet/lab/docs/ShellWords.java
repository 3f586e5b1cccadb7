package io.freshet.lab.docs;

import java.util.ArrayList;
import java.util.List;

/** The words of a line of shell, minding quotes, up to the first pipe, redirection or comment. */
final class ShellWords {
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private char quote;

  private ShellWords() {}

  static List<String> of(String line) {
    ShellWords words = new ShellWords();
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
