package io.freshet.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.freshet.config.option.ConfigException;
import io.freshet.config.option.ConfigFile;
import io.freshet.config.option.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A learner's configuration with every key that it could have given, the defaults among them.
 *
 * <p>What is shown is read again as the same configuration, but for properties of Kafka's clients
 * that may be secrets: in their place it says that they are hidden.
 *
 * @param config what was read
 * @param keys every key by section, with its value
 */
public record EffectiveConfig(LearnerConfig config, Map<String, Object> keys) {
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .build());
  private static final ObjectMapper JSON = new JsonMapper();

  /**
   * Reads a file.
   *
   * @param overrides {@code key=value} each; a later one wins
   * @throws ConfigException with every problem there is, also when the file cannot be read
   */
  public static EffectiveConfig read(Path file, List<String> overrides) {
    return parse(ConfigFile.text(file), file.toString(), overrides);
  }

  static EffectiveConfig parse(String yaml, String sourceName, List<String> overrides) {
    Section root = Section.root(yaml, sourceName, overrides);
    LearnerConfig config = root.read(LearnerReader::read);
    return new EffectiveConfig(config, root.effective());
  }

  /** As YAML, as a file could have it. */
  public String yaml() {
    return write(YAML);
  }

  /** As JSON with the same keys. */
  public String json() {
    return write(JSON);
  }

  private String write(ObjectMapper form) {
    try {
      return form.writerWithDefaultPrettyPrinter().writeValueAsString(keys);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain values cannot be written: " + keys, e);
    }
  }
}
