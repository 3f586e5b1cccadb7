package io.freshet.lab.cluster;

import io.freshet.lab.broker.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;

/** A broker as a process, with the arguments {@code DIRECTORY PORT}; runs until it is killed. */
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    Thread.currentThread().join();
  }
}
