package io.freshet.cli.serve;

import io.freshet.cli.console.Console;
import io.freshet.cli.console.ConsoleSettings;
import io.freshet.cli.console.Ports;
import io.freshet.cli.console.SourceOptions;
import io.freshet.config.option.ConfigException;
import io.freshet.kafka.KafkaClients;
import io.freshet.serve.grpc.GrpcServer;
import io.freshet.serve.http.ModelServer;
import io.freshet.serve.http.ServeSettings;
import io.freshet.serve.impressions.ImpressionLog;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.models.ModelOpener;
import io.freshet.serve.models.ModelsFile;
import io.freshet.serve.models.ModelsSpec;
import io.freshet.serve.models.OpenModels;
import io.freshet.serve.predict.FollowedModel;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves the current snapshot of a root over HTTP, until it is stopped. */
@Command(
    name = "serve",
    showDefaultValues = true,
    description = {
      "Answers predictions over HTTP with the newest snapshot of a root.",
      "",
      "It follows the root and speaks the REST protocols of KServe v1 and v2. On SIGTERM it is not"
          + " ready any more, answers for --drain seconds, completes what is in flight, and ends."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar serve --snapshots freshet-demo/snapshots --name ctr",
      "  curl -s localhost:8500/v1/models/ctr:predict \\",
      "      -d '{\"instances\": [{\"features\": {\"user\": \"u17\", \"item\": \"i4\"}}]}'",
      "",
      "Exit codes: 143 stopped by SIGTERM, 130 by SIGINT, 1 failed, 2 wrong usage."
    })
public final class ServeCommand implements Callable<Integer> {
  private static final Duration LONGEST_END = Duration.ofSeconds(15);

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions models;

  @Option(names = "--port", paramLabel = "PORT", description = "0 for any free one.")
  private int port = ServeSettings.DEFAULT.port();

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description = "Where to listen; 0.0.0.0 for everywhere: there is no authentication.")
  private String bind = ServeSettings.DEFAULT.bind();

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description =
          "Port of the Open Inference Protocol over gRPC, such as 8501; 0 for any free one. None by"
              + " default.")
  private Integer grpcPort;

  @Option(
      names = "--log-impressions",
      paramLabel = "TOPIC",
      description =
          "Topic that instances with an impression_id are written to as they were scored, for the"
              + " learner; with --bootstrap-servers.")
  private String impressions;

  @Option(names = "--without-console", description = "Without the page for browsers.")
  private boolean withoutConsole;

  @Option(
      names = "--console-port",
      paramLabel = "PORT",
      description =
          "Port of the page for browsers, 0 for any free one; by default 8600, or any"
              + " if it is taken.")
  private Integer consolePort;

  @Option(
      names = "--console-bind",
      paramLabel = "ADDRESS",
      description = "Where the page for browsers is; it has no authentication.")
  private String consoleBind = ConsoleSettings.LOOPBACK;

  @Mixin private LimitOptions limits;
  @Mixin private SourceOptions sources;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServeSettings settings = settings();
    checkOptions();
    ModelsSpec described = modelsSpec();
    SnapshotStore snapshots = new SnapshotStore(storage(described.models().get(0).root()));
    CountDownLatch ended = new CountDownLatch(1);
    try (OpenModels open = new OpenModels(new ModelOpener(this::storage));
        ModelServer server = new ModelServer(open.set(described), settings);
        ImpressionLog log = impressionLog(server);
        GrpcServer grpc = grpcPort == null ? null : grpc(server, settings);
        ModelsFile file = modelsFile(described, open, server)) {
      server.start();
      if (grpc != null) {
        grpc.start();
        say("gRPC at %s:%s".formatted(bind, grpc.port()));
      }
      if (log != null) {
        say("writing impressions to topic " + impressions);
      }
      stopWithTheProcess(server, ended);
      say(
          "serving %s at http://%s:%s"
              .formatted(models.source(), bind, server.address().getPort()));
      open.start(models.poll());
      if (file != null) {
        file.start();
      }
      described.models().forEach(model -> sayAbsent(model.root()));
      try (Console console = withoutConsole ? null : console(snapshots, server)) {
        say(console == null ? "" : "console at " + console.announcement());
        for (FollowedModel model : server.service().models().models()) {
          model.follower().first().thenAccept(version -> sayFirst(model, version));
        }
        server.join();
      }
    } finally {
      ended.countDown();
    }
    return 0;
  }

  /** Writes impressions of what the server answers; null where that is not wanted. */
  private ImpressionLog impressionLog(ModelServer server) throws IOException {
    Optional<KafkaClients> kafka = sources.kafka();
    if (impressions == null) {
      return null;
    }
    if (kafka.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--log-impressions needs Kafka, which --bootstrap-servers names");
    }
    ImpressionLog log = new ImpressionLog(kafka.get(), impressions);
    log.follow(server.service());
    return log;
  }

  /** What follows the file of models; null without one. */
  private ModelsFile modelsFile(ModelsSpec described, OpenModels open, ModelServer server) {
    Duration grace = server.service().requests().time().multipliedBy(2);
    return models
        .file()
        .map(file -> new ModelsFile(file, described, open, server.service(), models.poll(), grace))
        .orElse(null);
  }

  private GrpcServer grpc(ModelServer server, ServeSettings settings) {
    return new GrpcServer(server.service(), bind, grpcPort, settings.connections());
  }

  private void sayAbsent(String root) {
    if (!root.contains(":") && !Files.isDirectory(Path.of(root))) {
      say("there is no folder %s yet: waiting for a learner to publish there".formatted(root));
    }
  }

  private void sayFirst(FollowedModel model, ServedModel version) {
    String of = models.file().isEmpty() ? "" : model.name().orElse("") + ", ";
    say(
        String.format(
            Locale.ROOT,
            "ready: %sversion %s, %,d rows; newer ones take over",
            of,
            version.version(),
            version.size()));
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    line.lines().forEach(out::println);
    out.flush();
  }

  /** The console, which scores through this server like any client. */
  private Console console(SnapshotStore snapshots, ModelServer server) throws IOException {
    OptionalInt wanted = consolePort == null ? OptionalInt.empty() : OptionalInt.of(consolePort);
    String host = bind.equals("0.0.0.0") ? ConsoleSettings.LOOPBACK : bind;
    URI scoring = URI.create("http://%s:%s".formatted(host, server.address().getPort()));
    return Console.start(
        sources.settings(consoleBind, wanted, snapshots, Optional.empty(), scoring));
  }

  private void checkOptions() {
    Ports.check(spec.commandLine(), "--console-port", consolePort);
    Ports.check(spec.commandLine(), "--grpc-port", grpcPort);
  }

  private ModelsSpec modelsSpec() {
    try {
      return models.models();
    } catch (ConfigException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private ServeSettings settings() {
    try {
      return limits.settings(bind, port);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private WritableStorage storage(String root) throws IOException {
    try {
      return FlinkStorage.at(root);
    } catch (IllegalArgumentException | UnsupportedFileSystemSchemeException e) {
      String option = models.file().isEmpty() ? "--snapshots" : "--models";
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }

  /** Stops in order on SIGTERM and SIGINT, and keeps the process until the stores are closed. */
  private static void stopWithTheProcess(ModelServer server, CountDownLatch ended) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, ended), "stop"));
  }

  private static void stop(ModelServer server, CountDownLatch ended) {
    try {
      server.drain();
      server.close();
      if (!ended.await(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("not closed within " + LONGEST_END);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
