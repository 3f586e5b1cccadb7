package io.freshet.join.breaker;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Ranges of buckets whose clicks are lost; the last may have no end yet. */
final class ExcludedIntervals {
  private final List<Span> spans = new ArrayList<>();

  /** Buckets from the first on, up to but without the second. */
  record Span(long from, long to) {}

  void add(long from, long to) {
    Span span = new Span(from, to);
    if (!spans.contains(span)) {
      spans.add(span);
    }
  }

  /** The last span goes on. */
  void leaveOpen() {
    if (!spans.isEmpty()) {
      Span last = spans.remove(spans.size() - 1);
      spans.add(new Span(last.from(), Long.MAX_VALUE));
    }
  }

  /** What went on ends. */
  void endOpenAt(long to) {
    spans.replaceAll(span -> span.to() == Long.MAX_VALUE ? new Span(span.from(), to) : span);
  }

  /** Forgets those that end before a bucket. */
  void forgetBefore(long bucket) {
    spans.removeIf(span -> span.to() <= bucket);
  }

  boolean isEmpty() {
    return spans.isEmpty();
  }

  boolean contains(long bucket) {
    return spans.stream().anyMatch(span -> span.from() <= bucket && bucket < span.to());
  }

  Stream<Span> stream() {
    return spans.stream();
  }

  double[] toArray() {
    return spans.stream()
        .flatMapToDouble(span -> DoubleStream.of((double) span.from(), (double) span.to()))
        .toArray();
  }

  void addAll(double[] stored) {
    for (int i = 0; i < stored.length; i += 2) {
      add((long) stored[i], (long) stored[i + 1]);
    }
  }
}
