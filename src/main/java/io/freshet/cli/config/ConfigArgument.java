package io.freshet.cli.config;

import io.freshet.config.EffectiveConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The configuration that a command looks at. */
final class ConfigArgument {
  @Parameters(index = "0", paramLabel = "FILE", description = "The learner's configuration (YAML).")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the configuration, as for train; repeatable.")
  private List<String> overrides = new ArrayList<>();

  Path file() {
    return file;
  }

  EffectiveConfig read() {
    return EffectiveConfig.read(file, overrides);
  }
}
