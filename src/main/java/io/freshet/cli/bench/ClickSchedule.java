package io.freshet.cli.bench;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** Clicks of probes that are to come, each so long after its impression. */
final class ClickSchedule {
  private final Queue<Due> waiting = new ArrayDeque<>();

  /**
   * A click to come.
   *
   * @param features of its impression
   * @param at nanoseconds since the start
   */
  record Due(String user, Map<String, Object> features, long at) {}

  void add(String user, Map<String, Object> features, long at) {
    waiting.add(new Due(user, features, at));
  }

  /** The next click if its time has come. */
  Optional<Due> poll(long now) {
    return Optional.ofNullable(waiting.peek())
        .filter(due -> due.at() <= now)
        .map(d -> waiting.poll());
  }
}
