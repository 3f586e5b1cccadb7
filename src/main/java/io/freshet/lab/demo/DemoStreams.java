package io.freshet.lab.demo;

import io.freshet.lab.replay.Replay;
import io.freshet.lab.replay.ReplayRecords;
import io.freshet.lab.replay.mapping.MappingFile;
import io.freshet.lab.simulate.AdStream;
import io.freshet.lab.simulate.Oracle;
import io.freshet.lab.simulate.SimulatorSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** The streams that a demo can learn from. */
final class DemoStreams {
  private static final Duration ORACLE_WIDTH = Duration.ofHours(1);

  private DemoStreams() {}

  /** The simulated stream, which ends now. */
  static DemoStream simulated(long impressions, long seed) throws IOException {
    Oracle oracle = new Oracle(ORACLE_WIDTH);
    AdStream stream =
        new AdStream(SimulatorSettings.ending(Instant.now(), impressions, seed), oracle);
    return new DemoStream(
        "Simulated ad stream",
        resource(DemoStreams.class, "demo-learner.yaml"),
        true,
        stream,
        OptionalLong.of(impressions),
        Optional.of(oracle));
  }

  /** The data set whose files the folder contains. */
  static DemoStream files(Path folder) throws IOException {
    String name = MappingFile.readyFor(folder);
    ReplayRecords records =
        new Replay(MappingFile.ready(name), folder, Instant.now(), false).records();
    return new DemoStream(
        name,
        resource(MappingFile.class, name + "-learner.yaml"),
        false,
        records,
        OptionalLong.empty(),
        Optional.empty());
  }

  private static String resource(Class<?> owner, String name) throws IOException {
    try (InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
