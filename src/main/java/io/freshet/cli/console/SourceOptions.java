package io.freshet.cli.console;

import io.freshet.cli.console.source.BestPossible;
import io.freshet.cli.console.watch.ServedWatch;
import io.freshet.kafka.KafkaClients;
import io.freshet.snapshot.store.SnapshotStore;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for the sources that a console reads in addition to the snapshots. */
public final class SourceOptions {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description =
          "Kafka brokers to start from, for the console's curves and lag, and for impressions.")
  private String servers;

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "Kafka client property, such as security.protocol=SSL; repeatable.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--metrics-topic",
      paramLabel = "TOPIC",
      description = "Topic that the learner writes its metrics to.")
  private String metricsTopic = "metrics";

  @Option(
      names = "--served-topic",
      paramLabel = "TOPIC",
      description =
          "Topic of impressions that servers write, for how good what was served is; with"
              + " --predictions-topic.")
  private String servedTopic;

  @Option(
      names = "--predictions-topic",
      paramLabel = "TOPIC",
      description = "Topic of a learner's predictions, which holds the labels of what was served.")
  private String predictionsTopic;

  @Option(
      names = "--flink-url",
      paramLabel = "URL",
      description = "The job manager's REST interface, for the console's label funnel.")
  private URI flink;

  @Option(
      names = "--count-rows",
      paramLabel = "N",
      description = "The console counts a model's rows by field up to N rows, at 50 bytes each.")
  private long countRows = ConsoleSettings.USUAL_COUNT_ROWS;

  public ConsoleSettings settings(
      String bind, OptionalInt port, SnapshotStore snapshots, Optional<String> model, URI scoring) {
    return new ConsoleSettings(
        bind,
        port,
        snapshots,
        kafka().map(clients -> clients.within(PATIENCE)),
        metricsTopic,
        served(),
        model,
        BestPossible.UNKNOWN,
        Optional.ofNullable(flink).map(url -> checked("--flink-url", url)),
        scoring,
        countRows);
  }

  private Optional<ServedWatch.Topics> served() {
    if (servedTopic == null && predictionsTopic == null) {
      return Optional.empty();
    }
    if (servedTopic == null || predictionsTopic == null || servers == null) {
      throw wrong("--served-topic and --predictions-topic come together, with --bootstrap-servers");
    }
    return Optional.of(new ServedWatch.Topics(servedTopic, predictionsTopic));
  }

  /** The cluster, where one is named. */
  public Optional<KafkaClients> kafka() {
    if (servers == null && !properties.isEmpty()) {
      throw wrong("--property is for Kafka, which --bootstrap-servers names");
    }
    return Optional.ofNullable(servers).map(s -> new KafkaClients(s, properties));
  }

  public URI checked(String option, URI url) {
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null) {
      throw wrong("%s %s is no address; http://localhost:8081 is one".formatted(option, url));
    }
    return url;
  }

  private ParameterException wrong(String what) {
    return new ParameterException(command.commandLine(), what);
  }
}
