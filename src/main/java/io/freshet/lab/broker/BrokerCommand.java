package io.freshet.lab.broker;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a broker until it is stopped, for users without Kafka. */
@Command(
    name = "broker",
    showDefaultValues = true,
    description = {
      "Runs a Kafka broker on this machine, to try things with.",
      "",
      "It is the real one, a single node that listens on loopback only and keeps every record; its"
          + " folder can be started on again. Topics exist when they have been created. It runs"
          + " until Ctrl-C or SIGTERM."
    },
    footer = {
      "",
      "Example:",
      "  java -jar freshet.jar broker --data freshet-kafka --port 9092",
      "",
      "Exit codes: 0 stopped, 1 failed, 2 wrong usage."
    })
public final class BrokerCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--data", paramLabel = "DIR", description = "Folder of its data, which stays.")
  private Path data = Path.of("freshet-kafka");

  @Option(names = "--port", paramLabel = "PORT", description = "0 for any free one.")
  private int port = 9092;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    EmbeddedKafka kafka = EmbeddedKafka.start(data, port);
    Thread end = new Thread(kafka::close, "close the broker");
    Runtime.getRuntime().addShutdownHook(end);
    try (kafka) {
      out.println(
          "Kafka is at %s, its data in %s; Ctrl-C stops it."
              .formatted(kafka.bootstrapServers(), data));
      out.flush();
      Thread.currentThread().join();
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
