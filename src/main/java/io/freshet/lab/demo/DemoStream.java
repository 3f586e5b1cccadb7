package io.freshet.lab.demo;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.replay.Replay;
import io.freshet.lab.replay.ReplayRecords;
import io.freshet.lab.replay.mapping.MappingFile;
import io.freshet.lab.simulate.AdStream;
import io.freshet.lab.simulate.Oracle;
import io.freshet.lab.simulate.SimulatorSettings;
import io.freshet.lab.stream.EventRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a demo learns from.
 *
 * @param config the learner's configuration (YAML) without Kafka's address and directories
 * @param records impressions and clicks, in the order of their arrival
 * @param live whether it flows while it is learned, or is in Kafka before
 * @param total how many impressions there are, where known
 * @param oracle the best possible on the stream, where known
 */
record DemoStream(
    String title,
    String config,
    boolean live,
    Iterator<EventRecord> records,
    OptionalLong total,
    Optional<Oracle> oracle) {
  private static final Duration ORACLE_WIDTH = Duration.ofHours(1);

  DemoStream {
    requireNonNull(title, "title");
    requireNonNull(config, "config");
    requireNonNull(records, "records");
    requireNonNull(total, "total");
    requireNonNull(oracle, "oracle");
  }

  /** The simulated stream, which ends now. */
  static DemoStream simulated(long impressions, long seed) throws IOException {
    Oracle oracle = new Oracle(ORACLE_WIDTH);
    AdStream stream =
        new AdStream(SimulatorSettings.ending(Instant.now(), impressions, seed), oracle);
    return new DemoStream(
        "Simulated ad stream",
        resource(DemoStream.class, "demo-learner.yaml"),
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
