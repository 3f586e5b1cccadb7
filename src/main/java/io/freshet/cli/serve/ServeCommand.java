package io.freshet.cli.serve;

import io.freshet.cli.console.Console;
import io.freshet.cli.console.ConsoleSettings;
import io.freshet.cli.console.Ports;
import io.freshet.cli.console.SourceOptions;
import io.freshet.config.option.ValueType;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.grpc.GrpcServer;
import io.freshet.serve.http.ModelServer;
import io.freshet.serve.http.ServeSettings;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.serve.rows.RocksStore;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.Storage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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

  @Option(
      names = "--snapshots",
      required = true,
      paramLabel = "ROOT",
      description =
          "The snapshot root: a folder, or a URI such as s3://bucket/snapshots; it may be empty"
              + " yet.")
  private String root;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The model's name in paths; the one that the snapshots say by default.")
  private String name;

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
      names = "--poll",
      paramLabel = "MILLIS",
      description = "Milliseconds between two looks at the pointer.")
  private int pollMillis = 500;

  @Option(
      names = "--store",
      paramLabel = "KIND",
      description = "Where the rows lie: ${COMPLETION-CANDIDATES}.")
  private StoreOption store = StoreOption.memory;

  @Option(
      names = "--store-dir",
      paramLabel = "DIR",
      description =
          "Folder of --store rocksdb, on a local disk; kept for the next start. Has"
              + " room for two models, as a full is loaded while the old one is served.")
  private Path storeFolder;

  @Option(
      names = "--store-memory",
      paramLabel = "MIB",
      description = "MiB outside the heap for --store rocksdb.")
  private int storeMemory = 256;

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

  /** Values of {@code --store}, spelled as on the command line. */
  enum StoreOption {
    memory,
    rocksdb
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    SnapshotStore snapshots = new SnapshotStore(storage());
    ServeSettings settings = settings();
    checkOptions();
    CountDownLatch ended = new CountDownLatch(1);
    try (SnapshotFollower follower =
            new SnapshotFollower(snapshots, rows(), InstantSource.system());
        ModelServer server = new ModelServer(follower, Optional.ofNullable(name), settings);
        GrpcServer grpc = grpcPort == null ? null : grpc(server, settings)) {
      server.start();
      if (grpc != null) {
        grpc.start();
        say("gRPC at %s:%s".formatted(bind, grpc.port()));
      }
      stopWithTheProcess(server, ended);
      say("serving %s at http://%s:%s".formatted(root, bind, server.address().getPort()));
      follower.start(Duration.ofMillis(pollMillis));
      if (!root.contains(":") && !Files.isDirectory(Path.of(root))) {
        say("there is no folder %s yet: waiting for a learner to publish there".formatted(root));
      }
      try (Console console = withoutConsole ? null : console(snapshots, server)) {
        say(console == null ? "" : "console at " + console.announcement());
        follower.first().thenAccept(this::sayFirst);
        server.join();
      }
    } finally {
      ended.countDown();
    }
    return 0;
  }

  private GrpcServer grpc(ModelServer server, ServeSettings settings) {
    return new GrpcServer(server.service(), bind, grpcPort, settings.connections());
  }

  private void sayFirst(ServedModel model) {
    say(
        String.format(
            Locale.ROOT,
            "ready: version %s, %,d rows; newer ones take over",
            model.version(),
            model.size()));
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
    if ((store == StoreOption.rocksdb) != (storeFolder != null)) {
      throw wrong("--store rocksdb and --store-dir DIR go together");
    }
    if (storeMemory < 16) {
      throw wrong("--store-memory " + storeMemory + " is too little; expected 16 or more");
    }
    if (pollMillis < 1) {
      throw wrong("--poll " + pollMillis + " is no pause; expected 1 or more");
    }
  }

  private RowStore rows() throws IOException {
    return switch (store) {
      case memory -> new MemoryStore();
      case rocksdb -> new RocksStore(storeFolder, (long) storeMemory << 20);
    };
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private ServeSettings settings() {
    try {
      return limits.settings(bind, port);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Storage storage() throws IOException {
    try {
      return FlinkStorage.at(ValueType.directory().parse().apply(root).orElse(root));
    } catch (IllegalArgumentException | UnsupportedFileSystemSchemeException e) {
      throw new ParameterException(spec.commandLine(), "--snapshots: " + e.getMessage(), e);
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
