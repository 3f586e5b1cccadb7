package io.freshet.cli.replay;

/** What is wrong with a mapping. */
final class Wrong {
  private Wrong() {}

  /**
   * Refuses a key's value.
   *
   * @throws IllegalArgumentException with the key and the text, unless it is good
   */
  static void check(boolean good, String key, String text) {
    if (!good) {
      throw new IllegalArgumentException(key + " " + text);
    }
  }
}
