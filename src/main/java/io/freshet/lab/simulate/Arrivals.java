package io.freshet.lab.simulate;

import static java.util.Objects.requireNonNull;

import io.freshet.lab.simulate.SimulatorSettings.Disorder;
import io.freshet.lab.stream.EventRecord;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** Records to come, in the order of their arrival. */
final class Arrivals {
  private final Disorder disorder;
  private final RandomGenerator random;
  private final PriorityQueue<Arrival> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Arrival::arrives).thenComparingLong(Arrival::number));
  private long sent;

  Arrivals(Disorder disorder, RandomGenerator random) {
    this.disorder = requireNonNull(disorder, "disorder");
    this.random = random;
  }

  void send(EventRecord record) {
    queue.add(new Arrival(arrival(record), sent++, record));
  }

  boolean nextBefore(long time) {
    return !queue.isEmpty() && queue.peek().arrives < time;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  EventRecord next() {
    return queue.remove().record;
  }

  private long arrival(EventRecord record) {
    boolean late = random.nextDouble() < disorder.outOfOrder();
    long by = late ? (long) (random.nextDouble() * disorder.outOfOrderness().toMillis()) : 0;
    return record.time() + by;
  }

  private record Arrival(long arrives, long number, EventRecord record) {}
}
