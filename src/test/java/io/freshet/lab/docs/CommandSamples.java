package io.freshet.lab.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that tests of the command line start from. */
public final class CommandSamples {
  private CommandSamples() {}

  /** A configuration with five mistakes. */
  public static Path brokenConfig(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("broken.yaml"),
        """
        name: ctr
        kafka:
          topics: {impressions: shown}
        features:
          - {name: user, kind: categorical}
          - {name: price, kind: numeric, transform: logarithm}
          - {name: both, kind: cross, of: [user, genre]}
        join:
          windw: 30 min
        train:
          batch-size: 0
        """);
  }

  public static Path config(Path folder, String bootstrapServers) throws IOException {
    return Files.writeString(
        folder.resolve("learner.yaml"),
        """
        kafka: {bootstrap-servers: "%s"}
        features: [{name: user, kind: categorical}, {name: genres, kind: multi}]
        train: {user-field: user}
        """
            .formatted(bootstrapServers));
  }
}
