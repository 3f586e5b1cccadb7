package io.freshet.model.learn;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabelSettings;
import io.freshet.model.Tasks;
import io.freshet.model.gauge.Gauge;
import io.freshet.model.kind.DeepFm;
import io.freshet.model.kind.TaskChain;
import io.freshet.model.label.LabelCorrection;
import java.util.Arrays;

/**
 * What the model says of each task of the examples of a row step, and how the gradient of an
 * example is shared out to the networks that its task is predicted by ({@link TaskChain}). With one
 * task all of it is that task's, and the gradients are the examples' own. Not thread-safe.
 */
final class TaskLogits {
  private final DeepFm model;
  private final Gauge gauge;
  private final TaskChain chain;
  private final LabelCorrection[] corrections; // by task
  private final float[] offsets; // of the step, by task
  private final float[][] gradients; // by task, then by example of the step

  /**
   * @param first how the labels of the first task are corrected
   */
  TaskLogits(DeepFm model, Gauge gauge, Tasks tasks, LabelSettings first) {
    this.model = requireNonNull(model, "model");
    this.gauge = requireNonNull(gauge, "gauge");
    chain = new TaskChain(tasks);
    corrections = new LabelCorrection[tasks.size()];
    Arrays.setAll(
        corrections, t -> LabelCorrection.of(t == 0 ? first : tasks.all().get(t).labels()));
    offsets = new float[tasks.size()];
    gradients = new float[tasks.size()][0];
  }

  int size() {
    return offsets.length;
  }

  LabelCorrection correction(int task) {
    return corrections[task];
  }

  /** The predicted probability of the task that one follows on; 1 without one. */
  float within(int i, int task) {
    int parent = chain.parent(task);
    return parent < 0 ? 1 : probability(i, parent, within(i, parent));
  }

  /** The predicted probability of a task, given that of the one it follows on. */
  float probability(int i, int task, float within) {
    double mixed =
        gauge.task(task).logit(task == 0 ? model.firstOrder(i) : 0, model.logit(i, task));
    return corrections[task].probability((float) TaskChain.joint(within, mixed));
  }

  /** Goes by the offsets that hold now. */
  void begin() {
    for (int task = 0; task < offsets.length; task++) {
      offsets[task] = (float) gauge.task(task).learningOffset();
    }
  }

  float offset(int task) {
    return offsets[task];
  }

  /** The logit of a task that its network learns by; of one that follows on another, given that. */
  float own(int i, int task) {
    return model.logit(i, task) + offsets[task];
  }

  /** The whole logit of a task that an example learns by. */
  float learned(int i, int task) {
    return size() == 1 ? own(i, 0) : chain.logit(task, t -> own(i, t));
  }

  /** Whether all that a task is predicted by is finite. */
  boolean areFinite(int i, int task) {
    for (int t = task; t >= 0; t = chain.parent(t)) {
      if (!Float.isFinite(model.logit(i, t))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Shares out the gradient of the example whose logit was {@link #learned} last.
   *
   * @param gradient by the whole logit; one that is not a number leaves the example out
   */
  void share(int i, float gradient) {
    for (int task = 0; task < size() && size() > 1; task++) {
      float share = Float.isNaN(gradient) ? 1 : chain.share(task);
      gradients[task][i] = share == 0 ? 0 : gradient * share;
    }
  }

  /**
   * Gradients by {@link #own} logits, by task and example.
   *
   * @param whole those by the whole logits, which they are with one task
   */
  float[][] gradients(float[] whole) {
    if (size() == 1) {
      gradients[0] = whole;
    }
    return gradients;
  }

  /** Makes room for the gradients of so many examples. */
  void reserve(int examples) {
    for (int task = 0; task < size() && size() > 1; task++) {
      gradients[task] = new float[examples];
    }
  }
}
