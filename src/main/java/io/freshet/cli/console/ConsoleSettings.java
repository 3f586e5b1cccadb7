package io.freshet.cli.console;

import static java.util.Objects.requireNonNull;

import io.freshet.cli.console.source.BestPossible;
import io.freshet.cli.console.watch.ServedWatch;
import io.freshet.kafka.KafkaClients;
import io.freshet.snapshot.store.SnapshotStore;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a console shows, and where.
 *
 * @param port absent for {@link #USUAL_PORT}, or any free port where that is taken
 * @param served where what was served and its labels are written
 * @param model whose metrics and job to show; the most recent ones where absent
 * @param reach the best logloss and AUC that are possible
 * @param countRows rows of the model up to which they are counted by field
 */
public record ConsoleSettings(
    String bind,
    OptionalInt port,
    SnapshotStore snapshots,
    Optional<KafkaClients> kafka,
    String metricsTopic,
    Optional<ServedWatch.Topics> served,
    Optional<String> model,
    BestPossible reach,
    Optional<URI> flink,
    URI scoring,
    long countRows) {
  public static final int USUAL_PORT = 8600;
  public static final String LOOPBACK = "127.0.0.1";
  public static final long USUAL_COUNT_ROWS = 1_000_000;

  public ConsoleSettings {
    requireNonNull(bind, "bind");
    requireNonNull(port, "port");
    requireNonNull(snapshots, "snapshots");
    requireNonNull(kafka, "kafka");
    requireNonNull(metricsTopic, "metricsTopic");
    requireNonNull(served, "served");
    requireNonNull(model, "model");
    requireNonNull(reach, "reach");
    requireNonNull(flink, "flink");
    requireNonNull(scoring, "scoring");
  }
}
