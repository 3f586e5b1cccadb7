package io.freshet.model.kind;

import io.freshet.model.Tasks;
import java.util.Arrays;

/**
 * The arithmetic of tasks that follow on others: with p_j = σ(z_j) what the network of each task on
 * the way predicts given the task before, the last task's probability is P = Π p_j. The loss of an
 * example has by its whole logit ln P / (1 - P) the gradient g that every loss has, and by z_j
 *
 * <pre>
 * g · (1 - p_j) / (1 - P)
 * </pre>
 *
 * whose factor is from 0 to 1, as no p_j is below P. 1 - P is summed up from the front, as 1 - p_1
 * + p_1 (1 - p_2) + …, so that nothing cancels. Not thread-safe.
 */
public final class TaskChain {
  private final int[] parents;
  private final double[] rest; // 1 - p of each network
  private final float[] shares; // the factor of each network; 0 where the example does not need it
  private double probability; // P, up to the network at hand
  private double against; // 1 - P

  public TaskChain(Tasks tasks) {
    parents = new int[tasks.size()];
    Arrays.setAll(parents, tasks::parent);
    rest = new double[parents.length];
    shares = new float[parents.length];
  }

  /** The task that one follows on, or -1. */
  public int parent(int task) {
    return parents[task];
  }

  /** Logits of an example given the tasks before, by task. */
  public interface Logits {
    float of(int task);
  }

  /** Returns the whole logit of a task, and sets the {@link #shares} of its gradient. */
  public float logit(int task, Logits logits) {
    Arrays.fill(shares, 0);
    if (parents[task] < 0) {
      shares[task] = 1;
      return logits.of(task);
    }
    probability = 1;
    against = 0;
    follow(task, logits);
    for (int t = task; t >= 0; t = parents[t]) {
      shares[t] = against > 0 ? (float) (rest[t] / against) : 1;
    }
    return (float) Math.log(probability / against);
  }

  private void follow(int task, Logits logits) {
    if (parents[task] >= 0) {
      follow(parents[task], logits);
    }
    double z = logits.of(task);
    rest[task] = 1 / (1 + Math.exp(z));
    against += probability * rest[task];
    probability /= 1 + Math.exp(-z);
  }

  /** By network, what share of the whole logit's gradient its own logit has. */
  public float share(int network) {
    return shares[network];
  }

  /** The logit of what follows with a logit on something of a probability; 1 for nothing. */
  public static double joint(double within, double logit) {
    if (within == 1) {
      return logit;
    }
    double probability = within / (1 + Math.exp(-logit));
    return Math.log(probability / (1 - within + within / (1 + Math.exp(logit))));
  }
}
