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
 * @param title what it is, for people
 * @param config the learner's configuration (YAML), but for where Kafka is and files go
 * @param records impressions and clicks, in the order of their arrival
 * @param live whether it flows while it is learned, or lies in Kafka before
 * @param total how many impressions there are, where it is known
 * @param oracle what the stream's truth would have reached, where it is known
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
