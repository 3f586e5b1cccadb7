package io.freshet.lab.replay.mapping;

/** What is wrong with a mapping. */
final class MappingErrors {
  private MappingErrors() {}

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
