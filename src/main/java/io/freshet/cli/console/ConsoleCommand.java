package io.freshet.cli.console;

import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.Storage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows in a browser how a learner elsewhere is doing, until it is stopped. */
@Command(
    name = "console",
    showDefaultValues = true,
    description = {
      "Serves a page that shows how a learner is doing.",
      "",
      "It shows quality, speed, labels, snapshots, rows, and what each field adds to a"
          + " score. It reads what others write; it writes nothing."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar console --snapshots /var/lib/freshet/snapshots \\",
      "      --bootstrap-servers localhost:9092 --flink-url http://localhost:8081",
      "",
      "Exit codes: 0 stopped, 1 failed, 2 wrong usage."
    })
public final class ConsoleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--snapshots",
      required = true,
      paramLabel = "ROOT",
      description =
          "The snapshot root: a folder, or a URI such as s3://bucket/snapshots; it may be empty"
              + " yet.")
  private String root;

  @Mixin private SourceOptions sources;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The learner's name, where several write to one metrics topic or cluster.")
  private String name;

  @Option(
      names = "--serving",
      paramLabel = "URL",
      description =
          "A server of predictions (freshet serve) that scores the page's form. Without"
              + " one the model is loaded here, onto the heap.")
  private URI serving;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where to listen, 0 for any free port; by default 8600, or any if it is taken.")
  private Integer port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description = "Where to listen; 0.0.0.0 for everywhere: there is no authentication.")
  private String bind = ConsoleSettings.LOOPBACK;

  @Override
  public Integer call() throws IOException, InterruptedException {
    SnapshotStore snapshots = new SnapshotStore(storage());
    Ports.check(spec.commandLine(), "--port", port);
    if (serving != null) {
      show(snapshots, sources.checked("--serving", serving));
    } else {
      try (EmbeddedServer own = EmbeddedServer.start(snapshots)) {
        show(snapshots, own.address());
      }
    }
    return 0;
  }

  private void show(SnapshotStore snapshots, URI scoring) throws IOException, InterruptedException {
    OptionalInt wanted = port == null ? OptionalInt.empty() : OptionalInt.of(port);
    ConsoleSettings settings =
        sources.settings(bind, wanted, snapshots, Optional.ofNullable(name), scoring);
    try (Console console = Console.start(settings)) {
      spec.commandLine().getOut().println("console at " + console.announcement());
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await(); // until the process is stopped
    }
  }

  private Storage storage() throws IOException {
    try {
      return FlinkStorage.at(root);
    } catch (IllegalArgumentException | UnsupportedFileSystemSchemeException e) {
      throw new ParameterException(spec.commandLine(), "--snapshots: " + e.getMessage(), e);
    }
  }
}
