package io.freshet.config;

import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.name;

import io.freshet.config.option.Section;
import io.freshet.feature.example.LabelOptions;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.join.Action;
import io.freshet.join.JoinSettings;
import io.freshet.join.LabelDefinition;
import io.freshet.model.Task;
import io.freshet.model.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The options of {@code model.tasks}: what each task is called, and how its labels come about. */
final class TaskOptions {
  /** What the section {@code join} says of the first task. */
  private static final List<String> OF_FURTHER =
      List.of(
          "after",
          "topic",
          "window",
          "warm-up",
          "idleness",
          "policy",
          "short-wait",
          "late-clicks",
          "negatives",
          "max-weight");

  private final JoinSettings join; // of the first task
  private int position;

  private TaskOptions(JoinSettings join) {
    this.join = join;
  }

  /**
   * Tasks, and how each one's labels are joined.
   *
   * @param joins by task
   */
  record Joined(Tasks tasks, List<JoinSettings> joins) {}

  private record Item(Task task, JoinSettings join) {}

  /** Reads the tasks; the first has the labels of the section {@code join}. */
  static Joined read(Section model, JoinSettings join) {
    List<Item> items =
        model.sections(
            "tasks",
            0,
            new TaskOptions(join)::task,
            "What the model predicts, where it is more than one thing: the first task has the"
                + " labels of `join`, each further one an action of its own. State knows the first"
                + " by its place and the others by their names.");
    if (join.definition().isInline() && !items.isEmpty()) {
      model.error("tasks", "not for impressions that say their labels, which are of one task");
    }
    return model
        .make(() -> new Tasks(items.stream().map(Item::task).toList()))
        .filter(Tasks::areSeveral)
        .map(tasks -> new Joined(tasks, items.stream().map(Item::join).toList()))
        .orElseGet(() -> new Joined(Tasks.ONE, List.of(join)));
  }

  private Item task(Section s) {
    position++;
    String name =
        s.option(
                "name",
                "Name of the task, in results and metrics; except of the first, the name of its"
                    + " action too.")
            .require(name())
            .orElse("task-" + position);
    Item further = further(s, name);
    return position == 1 ? first(s, name) : further;
  }

  private Item first(Section s, String name) {
    for (String key : OF_FURTHER) {
      s.noteNothing(key);
      if (s.has(key)) {
        s.error(key, "not for the first task, whose labels are those of the section join");
      }
    }
    return new Item(new Task(name, "", join.definition().toText(), join.labels()), join);
  }

  private Item further(Section s, String name) {
    String after =
        s.option(
                "after",
                "Earlier task that this one follows on: its probability is that one's times what"
                    + " its own network predicts, learned on all impressions (ESMM, Ma et al."
                    + " 2018). By default it stands alone.")
            .find(name())
            .orElse("");
    if (!after.isEmpty()) {
      s.note("after", name(), after);
    }
    String topic =
        s.option("topic", "Topic that holds the task's actions; the task's name by default.")
            .derived(name(), name);
    Duration window =
        s.option(
                "window",
                "How long after the impression the action counts, in event time; `join.window` by"
                    + " default.")
            .derived(duration("1 ms", "366 d"), join.window());
    Duration warmUp =
        s.option(
                "warm-up",
                "How long positives are held back at the start of a stream, as `join.warm-up`; 8"
                    + " windows by default.")
            .derived(duration("0 ms", "366 d"), window.multipliedBy(8));
    Duration idleness =
        s.option(
                "idleness",
                "After how long without records a partition of the topic no longer holds back the"
                    + " watermark; 0 s for never.")
            .get(duration("0 ms", "366 d"), Duration.ZERO);
    LabelSettings labels = LabelOptions.read(s, join.labels());
    if (labels.policy() == LabelPolicy.SHORT_WAIT && labels.shortWait().compareTo(window) >= 0) {
      s.error("short-wait", "not below the window; give a few seconds");
    }
    Action action = new Action(name, topic, window, Action.IMPRESSION, idleness);
    LabelDefinition definition = new LabelDefinition(List.of(action), Map.of(name, 1f));
    JoinSettings own =
        join.withWarmUp(Duration.ZERO)
            .withDefinition(definition)
            .withLabels(labels)
            .withWarmUp(warmUp)
            .withScoredShare(0);
    return new Item(new Task(name, after, definition.toText(), labels), own);
  }
}
