package io.freshet.cli.console.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.source.BestPossible;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Progressive validation of one model, by task: under no name that of a model of one task. What was
 * reported before the model had tasks, or while it had, is not shown with what is now.
 */
final class TaskHistories {
  private final BestPossible reach;
  private final Map<String, QualityHistory> tasks = new LinkedHashMap<>();
  private long written; // when Kafka took the newest report
  private boolean areNamed; // by that report

  TaskHistories(BestPossible reach) {
    this.reach = reach;
  }

  /** Adds a report that Kafka received at a time, epoch milliseconds. */
  void add(JsonNode report, long time) {
    String task = report.path("task").asText();
    if (time >= written) {
      written = time;
      areNamed = !task.isEmpty();
    }
    tasks
        .computeIfAbsent(
            task, name -> new QualityHistory(name.isEmpty() ? reach : BestPossible.UNKNOWN))
        .add(report, time);
  }

  /** The history of the first task; of several, all of them too, as {@code tasks}. */
  ObjectNode toJson(String model) {
    Map<String, QualityHistory> shown = new LinkedHashMap<>(tasks);
    shown.keySet().removeIf(task -> task.isEmpty() == areNamed);
    ObjectNode json = shown.values().iterator().next().toJson(model);
    if (areNamed) {
      ArrayNode all = json.putArray("tasks");
      shown.forEach((task, history) -> all.add(history.toJson(model).put("task", task)));
    }
    return json;
  }
}
