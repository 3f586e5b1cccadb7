package io.freshet.model.batch;

/**
 * Splits a batch into row steps: no step predicts a user whom it has not yet learned from.
 *
 * <p>In the batch's order, each example goes to the earliest step that has room and comes after the
 * step of its user's previous example; with r repeats allowed, it may join that step until the step
 * holds r examples of the user. So each user's order is kept, across steps and within them.
 *
 * <p>No full step comes after one with room: a user in a step has r examples in the step before, or
 * found that full. So the full steps are the first ones, and one pointer finds room.
 *
 * <p>Arrays are reused and grow with the largest batch seen.
 */
public final class RowSteps {
  private final int stepSize;
  private final int repeatsPerUser;
  private final LongIndex users = new LongIndex(256);
  private int[] lastStep = new int[0]; // of each user
  private int[] inLastStep = new int[0]; // examples of the user there
  private int[] stepOf = new int[0]; // of each example
  private int[] ends = new int[0]; // of each step in the order; while planning, its size
  private int[] order = new int[0];
  private int steps;
  private int firstOpen; // all steps before it are full

  public RowSteps(int stepSize, int repeatsPerUser) {
    this.stepSize = stepSize;
    this.repeatsPerUser = repeatsPerUser;
  }

  public void plan(MiniBatch batch) {
    reserve(batch.size());
    users.clear();
    steps = 0;
    firstOpen = 0;
    for (int i = 0; i < batch.size(); i++) {
      stepOf[i] = place(batch.example(i).example().user());
    }
    sort(batch.size());
  }

  public int size() {
    return steps;
  }

  /** Examples of the batch, step by step; the first {@link #end end(size() - 1)} elements count. */
  public int[] order() {
    return order;
  }

  public int start(int step) {
    return step == 0 ? 0 : ends[step - 1];
  }

  public int end(int step) {
    return ends[step];
  }

  private int place(long userKey) {
    int known = users.size();
    int user = users.add(userKey);
    if (user == known) {
      lastStep[user] = -1;
      inLastStep[user] = repeatsPerUser;
    }
    int step = earliestOpen(lastStep[user] + (inLastStep[user] < repeatsPerUser ? 0 : 1));
    inLastStep[user] = step == lastStep[user] ? inLastStep[user] + 1 : 1;
    lastStep[user] = step;
    ends[step]++;
    return step;
  }

  private int earliestOpen(int earliest) {
    while (firstOpen < steps && ends[firstOpen] == stepSize) {
      firstOpen++;
    }
    int step = Math.max(earliest, firstOpen);
    if (step == steps) {
      ends[steps++] = 0;
    }
    return step;
  }

  /** Counting sort by step, stable, which turns the steps' sizes into their ends. */
  private void sort(int examples) {
    int start = 0;
    for (int s = 0; s < steps; s++) {
      int size = ends[s];
      ends[s] = start;
      start += size;
    }
    for (int i = 0; i < examples; i++) {
      order[ends[stepOf[i]]++] = i;
    }
  }

  private void reserve(int examples) {
    if (examples > order.length) {
      lastStep = new int[examples];
      inLastStep = new int[examples];
      stepOf = new int[examples];
      ends = new int[examples];
      order = new int[examples];
    }
  }
}
