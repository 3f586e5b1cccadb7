package io.freshet.config.option;

import java.util.regex.Pattern;

/**
 * Keys as messages may show them. A missing quote or colon makes a key of what was meant to be a
 * value, perhaps a password. So a message does not show what does not look like a key; among
 * properties of Kafka's clients, a key has a dot.
 */
final class Secrets {
  private static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,99}");

  /** The mapping whose keys have dots and whose values are taken as they are written. */
  static final String VERBATIM = "kafka.properties";

  private static final String HIDDEN = "(not shown: no key)";

  private Secrets() {}

  /**
   * A key, or words in its place.
   *
   * @param path of the mapping that it stands in
   */
  static String key(String path, String key) {
    return KEY.matcher(key).matches() && (!path.equals(VERBATIM) || key.contains("."))
        ? key
        : HIDDEN;
  }
}
