package io.freshet.lab.demo;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.simulate.Oracle;
import io.freshet.lab.stream.EventRecord;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a demo learns from.
 *
 * @param config the learner's configuration (YAML) without Kafka's address and directories
 * @param records impressions and clicks, in the order of their arrival
 * @param live whether it flows while it is learned, or is in Kafka before
 * @param total how many impressions there are, where known
 * @param oracle the best possible on the stream, where known
 */
record DemoStream(
    String title,
    String config,
    boolean live,
    Iterator<EventRecord> records,
    OptionalLong total,
    Optional<Oracle> oracle) {

  DemoStream {
    requireNonNull(title, "title");
    requireNonNull(config, "config");
    requireNonNull(records, "records");
    requireNonNull(total, "total");
    requireNonNull(oracle, "oracle");
  }
}
