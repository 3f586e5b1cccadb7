package io.freshet.config.option;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant. */
public final class Suggestions {
  private Suggestions() {}

  /** {@code "; did you mean …?"}, or nothing where no word is near. */
  public static String question(String word, Collection<String> words) {
    return to(word, words).map(near -> "; did you mean " + near + '?').orElse("");
  }

  /**
   * The word with the fewest edits, when they are at most a third of its length (but 2 at least).
   */
  static Optional<String> to(String word, Collection<String> words) {
    return words.stream()
        .filter(w -> edits(word, w) <= Math.max(2, w.length() / 3))
        .min(Comparator.comparingInt(w -> edits(word, w)));
  }

  /** Levenshtein's distance, case ignored. */
  static int edits(String from, String to) {
    String a = from.toLowerCase(Locale.ROOT);
    String b = to.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
