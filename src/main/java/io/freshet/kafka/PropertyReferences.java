package io.freshet.kafka;

import static java.util.stream.Collectors.toMap;

import io.freshet.config.option.References;
import io.freshet.config.option.References.UnresolvedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;

/**
 * {@link References} in properties of Kafka's clients. Kafka replaces them where a client is made,
 * by this provider: so no job graph holds the values, and each process takes its own.
 *
 * <p>Where properties name providers themselves, their references are Kafka's own.
 */
public final class PropertyReferences implements ConfigProvider {
  private static final String NAME = "freshet";
  private static final String PLAIN = "plain";
  private static final String KEY = "kafka.properties.";

  /** Whether references in properties are those of a configuration, and not Kafka's own. */
  public static boolean areIn(Map<String, String> properties) {
    return !properties.containsKey(AbstractConfig.CONFIG_PROVIDERS_CONFIG);
  }

  /** Properties by which a client replaces the references itself. */
  public static Map<String, String> late(Map<String, String> properties) {
    Map<String, String> late = new LinkedHashMap<>(properties);
    late.replaceAll(PropertyReferences::late);
    if (!areIn(properties) || late.equals(properties)) {
      return properties;
    }
    late.put(AbstractConfig.CONFIG_PROVIDERS_CONFIG, NAME);
    late.put(
        AbstractConfig.CONFIG_PROVIDERS_CONFIG + '.' + NAME + ".class",
        PropertyReferences.class.getName());
    return late;
  }

  private static String late(String key, String value) {
    UnaryOperator<String> reference =
        source -> "${%s:%s:%s}".formatted(NAME, key.replaceAll("[:{}]", "_"), source);
    return References.replace(value, reference.apply(PLAIN), reference::apply);
  }

  /** A reference that leads to no value in this process. */
  static final class UnresolvedPropertyException extends ConfigException {
    private static final long serialVersionUID = 1;

    UnresolvedPropertyException(String message) {
      super(message);
    }
  }

  @Override
  public ConfigData get(String property, Set<String> sources) {
    try {
      return new ConfigData(
          sources.stream()
              .collect(toMap(s -> s, s -> s.equals(PLAIN) ? "${" : References.value(s))));
    } catch (UnresolvedException e) {
      throw new UnresolvedPropertyException(KEY + property + ": " + e.getMessage());
    }
  }

  @Override
  public ConfigData get(String property) {
    return new ConfigData(Map.of());
  }

  @Override
  public void configure(Map<String, ?> configs) {
    // has no settings
  }

  @Override
  public void close() {
    // holds nothing
  }
}
