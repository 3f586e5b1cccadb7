package io.freshet.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * Flink's file systems for URIs such as {@code s3://} in this process, as those of a cluster have
 * them: the plugins below {@code FLINK_PLUGINS_DIR}, or below {@code plugins/} here, with the
 * settings of the {@code config.yaml} in {@code FLINK_CONF_DIR}.
 */
public final class FileSystemPlugins {
  private static final String FOLDER = "FLINK_PLUGINS_DIR";

  private FileSystemPlugins() {}

  /**
   * Loads what is there; nothing where there is no such folder.
   *
   * @throws IllegalArgumentException where the variable names none
   */
  public static void load(Map<String, String> environment) {
    Path folder = Path.of(environment.getOrDefault(FOLDER, "plugins"));
    if (Files.isDirectory(folder)) {
      Configuration flink = GlobalConfiguration.loadConfiguration();
      FileSystem.initialize(flink, PluginUtils.createPluginManagerFromRootFolder(flink));
    } else if (environment.containsKey(FOLDER)) {
      throw new IllegalArgumentException(
          "%s is %s, which is no folder; name one that holds a folder for each plugin, or unset it"
              .formatted(FOLDER, folder));
    }
  }
}
