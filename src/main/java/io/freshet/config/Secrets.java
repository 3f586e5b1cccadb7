package io.freshet.config;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Keys as messages may show them, and which values may be shown. A quote or a colon that is missing
 * in the file makes a key of what was meant to be a value, a password perhaps: so what does not
 * look like a key is not shown, nor is it where properties of Kafka's stand, which have dots in
 * them.
 */
final class Secrets {
  private static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,99}");
  private static final List<ConfigDef> KAFKA =
      List.of(
          AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef());
  private static final String VERBATIM = "kafka.properties";

  /** In place of a value that may be one. */
  static final String VALUE = "(hidden)";

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

  /** Whether Kafka's clients know the property, and not as a password. */
  static boolean isPublic(String property) {
    List<ConfigDef.Type> types =
        KAFKA.stream()
            .map(clients -> clients.configKeys().get(property))
            .filter(Objects::nonNull)
            .map(key -> key.type)
            .toList();
    return !types.isEmpty() && !types.contains(ConfigDef.Type.PASSWORD);
  }
}
