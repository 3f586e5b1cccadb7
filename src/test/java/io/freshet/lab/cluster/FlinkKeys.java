package io.freshet.lab.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** The options of Flink's own configuration, from the classes that declare them. */
final class FlinkKeys {
  private final Map<String, ConfigOption<?>> options = new TreeMap<>();

  FlinkKeys() {
    Path jar =
        Path.of(ConfigOption.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    try (JarFile core = new JarFile(jar.toFile())) {
      core.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.matches("org/apache/flink/configuration/[A-Za-z]*Options\\.class"))
          .map(name -> name.replace('/', '.').replaceFirst("\\.class$", ""))
          .forEach(this::addAll);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void addAll(String name) {
    try {
      for (Field field : Class.forName(name).getFields()) {
        if (Modifier.isStatic(field.getModifiers())
            && ConfigOption.class.isAssignableFrom(field.getType())) {
          ConfigOption<?> option = (ConfigOption<?>) field.get(null);
          options.put(option.key(), option);
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read the options of " + name, e);
    }
  }

  /** What is wrong with a setting; nothing if Flink knows the key and can read the value. */
  Optional<String> problem(String key, String value) {
    if (key.matches(
        "metrics\\.reporter\\.\\w+\\..*|containerized\\.(task|master)\\w*\\.env\\..*")) {
      return Optional.empty(); // names of one's own
    }
    ConfigOption<?> option = options.get(key);
    if (option == null) {
      return Optional.of("Flink has no option " + key);
    }
    Configuration flink = new Configuration();
    flink.setString(key, value);
    try {
      flink.get(option);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(key + ": " + e.getMessage());
    }
  }
}
