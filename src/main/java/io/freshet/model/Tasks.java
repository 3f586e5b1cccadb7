package io.freshet.model;

import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model predicts: one thing without a name, or several tasks, known by their place. The
 * first is what a model of one task predicts.
 *
 * <p>A task may follow on an earlier one, as a purchase on a click. Then its network predicts
 * p(task | earlier), and the task's probability is the product along the chain (ESMM, Ma et al.
 * 2018, arXiv 1804.07931). It is learned on all impressions: that of a purchase teaches both
 * networks.
 *
 * @param all two or more; none for a model of one task
 */
public record Tasks(List<Task> all) implements Serializable {
  public static final Tasks ONE = new Tasks(List.of());

  public Tasks {
    all = List.copyOf(new ArrayList<>(all));
    if (all.size() == 1) {
      throw new IllegalArgumentException(
          "tasks: 1 item is not allowed; expected two or more, or none for a single task");
    }
    for (int t = 0; t < all.size(); t++) {
      check(all, t);
    }
  }

  private static void check(List<Task> all, int t) {
    Task task = all.get(t);
    List<String> before = all.subList(0, t).stream().map(Task::name).toList();
    if (!task.name().matches("[a-z0-9_-]+")) {
      throw new IllegalArgumentException(
          "task \"%s\": expected a name of a-z, 0-9, _ and -".formatted(task.name()));
    }
    if (before.contains(task.name())) {
      throw new IllegalArgumentException("task %s: duplicate name".formatted(task.name()));
    }
    int after = before.indexOf(task.after());
    if (!task.after().isEmpty() && after < 0) {
      throw new IllegalArgumentException(
          "task %s: after is %s; expected an earlier task: %s"
              .formatted(task.name(), task.after(), String.join(", ", before)));
    }
    if (after >= 0 && (shifts(task.labels()) || shifts(all.get(after).labels()))) {
      throw new IllegalArgumentException(
          "task %s follows on %s, so neither may have predictions that are corrected afterwards;"
                  .formatted(task.name(), task.after())
              + " expected negatives.correction weight, and no policy fake-negative-calibration");
    }
  }

  /** Whether what the model learns is not yet a probability of the traffic. */
  private static boolean shifts(LabelSettings labels) {
    return labels.policy() == LabelPolicy.FAKE_NEGATIVE_CALIBRATION
        || (labels.negativeRate() < 1
            && labels.sampling() == Sampling.LOG_ODDS
            && !labels.policy().fakesNegatives());
  }

  public boolean areSeveral() {
    return !all.isEmpty();
  }

  /** How many there are, 1 or more. */
  public int size() {
    return Math.max(1, all.size());
  }

  /** In their order; none for a model of one task. */
  public List<String> names() {
    return all.stream().map(Task::name).toList();
  }

  /** The names of all tasks but the first. */
  public List<String> further() {
    return areSeveral() ? names().subList(1, all.size()) : List.of();
  }

  /** A name of something that each task has: the first task's is the plain one. */
  public String nameBehind(String plain, int task) {
    return task == 0 ? plain : plain + "-" + all.get(task).name();
  }

  /** The name of a task; empty in a model of one. */
  public String name(int task) {
    return areSeveral() ? all.get(task).name() : "";
  }

  /** The task that one follows on, or -1. */
  public int parent(int task) {
    return areSeveral() ? names().indexOf(all.get(task).after()) : -1;
  }

  /** Whether the probability of a task is computed from the network of another, or its own. */
  public boolean needs(int task, int network) {
    for (int t = task; t >= 0; t = parent(t)) {
      if (t == network) {
        return true;
      }
    }
    return false;
  }
}
