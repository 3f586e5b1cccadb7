package io.freshet.lab.cluster;

import io.freshet.lab.broker.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A broker as a process, with the arguments {@code DIRECTORY ADDRESS PORT}; runs until it is
 * killed.
 */
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    EmbeddedKafka kafka =
        EmbeddedKafka.start(Path.of(args[0]), args[1], Integer.parseInt(args[2]), Map.of());
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    Thread.currentThread().join();
  }
}
