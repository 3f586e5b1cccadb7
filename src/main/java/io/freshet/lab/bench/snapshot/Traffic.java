package io.freshet.lab.bench.snapshot;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Requests of a store, and bytes of their bodies and headers.
 *
 * @param requests by method
 */
record Traffic(Map<String, Long> requests, long sent, long received) {
  Traffic {
    requests = new TreeMap<>(requests);
  }

  Traffic since(Traffic before) {
    Map<String, Long> more = new TreeMap<>(requests);
    before.requests.forEach((method, count) -> more.merge(method, -count, Long::sum));
    more.values().removeIf(count -> count == 0);
    return new Traffic(more, sent - before.sent, received - before.received);
  }

  long total() {
    return requests.values().stream().mapToLong(count -> count).sum();
  }

  String byMethod() {
    return requests.entrySet().stream()
        .map(one -> one.getValue() + " " + one.getKey())
        .collect(Collectors.joining(", "));
  }
}
