package io.freshet.cli.serve;

import io.freshet.serve.ModelServer;
import io.freshet.serve.ServeSettings;
import io.freshet.serve.SnapshotFollower;
import io.freshet.snapshot.LocalStorage;
import io.freshet.snapshot.SnapshotStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves the current snapshot of a root over HTTP, until it is stopped. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Follows the snapshots of a root and answers predictions over HTTP with the newest, by the",
      "REST protocol of KServe v1; stops on SIGTERM when the requests in flight are answered."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar serve --snapshots freshet-demo/snapshots --name ctr",
      "  curl -s localhost:8500/v1/models/ctr:predict \\",
      "      -d '{\"instances\": [{\"features\": {\"user\": \"u17\", \"item\": \"i4\"}}]}'",
      "",
      "Exit codes: 0 stopped, 1 failed, 2 wrong usage."
    })
public final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--snapshots",
      required = true,
      paramLabel = "ROOT",
      description = "The snapshot root: a folder or a file: URI; it may be empty yet.")
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
      names = "--poll",
      paramLabel = "MILLIS",
      description = "Milliseconds between two looks at the pointer.")
  private int pollMillis = 500;

  @Override
  public Integer call() throws IOException, InterruptedException {
    SnapshotStore store = new SnapshotStore(storage());
    ServeSettings settings = settings();
    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system());
        ModelServer server = new ModelServer(follower, Optional.ofNullable(name), settings)) {
      server.start();
      follower.start(Duration.ofMillis(pollMillis));
      stopWithTheProcess(server);
      PrintWriter out = spec.commandLine().getOut();
      out.printf("serving %s at http://%s:%d%n", root, bind, server.address().getPort());
      out.flush();
      server.join();
    }
    return 0;
  }

  private ServeSettings settings() {
    try {
      return ServeSettings.DEFAULT.withAddress(bind, port);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private LocalStorage storage() {
    try {
      return LocalStorage.at(root);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--snapshots: " + e.getMessage(), e);
    }
  }

  private static void stopWithTheProcess(ModelServer server) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    server.close();
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                }));
  }
}
