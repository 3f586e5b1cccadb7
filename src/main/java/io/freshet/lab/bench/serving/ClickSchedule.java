package io.freshet.lab.bench.serving;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** Clicks to come, by time. */
final class ClickSchedule {
  private final Queue<Due> waiting = new ArrayDeque<>();

  /**
   * A click to come.
   *
   * @param probe the features of its impression, if that is a probe
   * @param at nanoseconds since the start
   */
  record Due(String id, Optional<Map<String, Object>> probe, long at) {}

  void add(String id, Optional<Map<String, Object>> probe, long at) {
    waiting.add(new Due(id, probe, at));
  }

  Optional<Due> poll(long now) {
    return Optional.ofNullable(waiting.peek())
        .filter(due -> due.at() <= now)
        .map(d -> waiting.poll());
  }
}
