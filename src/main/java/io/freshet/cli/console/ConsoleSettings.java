package io.freshet.cli.console;

import static java.util.Objects.requireNonNull;

import io.freshet.cli.console.source.BestPossible;
import io.freshet.kafka.KafkaClients;
import io.freshet.snapshot.store.SnapshotStore;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a console shows, and where.
 *
 * @param bind the address; loopback unless others are meant to reach it
 * @param port where it is wanted; absent for {@link #USUAL_PORT}, or any where that is taken
 * @param snapshots the root
 * @param kafka where the metrics topic is, if it is known
 * @param metricsTopic its name
 * @param model whose metrics and job to show; those that came last where absent
 * @param reach what could be reached at best
 * @param flink the job manager's REST interface, if it is known
 * @param scoring the server of predictions
 * @param countRows rows of the model up to which they are counted by field
 */
public record ConsoleSettings(
    String bind,
    OptionalInt port,
    SnapshotStore snapshots,
    Optional<KafkaClients> kafka,
    String metricsTopic,
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
    requireNonNull(model, "model");
    requireNonNull(reach, "reach");
    requireNonNull(flink, "flink");
    requireNonNull(scoring, "scoring");
  }
}
