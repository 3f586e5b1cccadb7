package io.freshet.model.batch;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.Fids;
import io.freshet.feature.example.LabeledExample;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Whose examples were predicted and what they have in common: what metrics of groups use in
 * addition to {@link Predictions}, in their order.
 *
 * @param trainer who learned them, one after the other
 * @param checkpoint the last one before: the model had learned what its snapshot holds, and more
 * @param users hashes of the user field; empty where nobody asked for traits
 * @param starts where each example's slices begin, and the end of the last
 * @param slices feature ids of the fields that examples are sliced by
 * @param ids of the impressions; empty where nobody asked for them
 * @param task that all are of; 0 for a model's first, or its only one
 */
public record ExampleAttributes(
    int trainer,
    long checkpoint,
    long[] users,
    int[] starts,
    long[] slices,
    String[] ids,
    int task) {
  static final int ALL_TASKS = -1;

  public static final ExampleAttributes NONE =
      new ExampleAttributes(0, 0, new long[0], new int[1], new long[0], new String[0]);

  public ExampleAttributes {
    requireNonNull(users, "users");
    requireNonNull(starts, "starts");
    requireNonNull(slices, "slices");
    requireNonNull(ids, "ids");
  }

  /** Attributes of examples of the first task. */
  public ExampleAttributes(
      int trainer, long checkpoint, long[] users, int[] starts, long[] slices, String[] ids) {
    this(trainer, checkpoint, users, starts, slices, ids, 0);
  }

  static boolean isOf(LabeledExample example, int task) {
    return task == ALL_TASKS || example.task() == task;
  }

  /**
   * Which attributes to send.
   *
   * @param fields numbers of the fields to slice by
   * @param ids whether to send impressions' ids
   */
  public record Choice(Set<Integer> fields, boolean ids) implements Serializable {
    public static final Choice USERS = new Choice(Set.of(), false);

    public Choice {
      fields = Set.copyOf(fields);
    }

    /** The traits of a batch's examples of a task that are judged, in order. */
    public ExampleAttributes of(MiniBatch batch, int trainer, long checkpoint, int task) {
      LabeledExample[] judged = new LabeledExample[batch.size()];
      int n = 0;
      for (int i = 0; i < batch.size(); i++) {
        if (batch.example(i).isJudged() && isOf(batch.example(i), task)) {
          judged[n++] = batch.example(i);
        }
      }
      return of(Arrays.asList(judged).subList(0, n), trainer, checkpoint, task);
    }

    /** The traits of examples of the first task, in order. */
    public ExampleAttributes of(List<LabeledExample> judged, int trainer, long checkpoint) {
      return of(judged, trainer, checkpoint, 0);
    }

    private ExampleAttributes of(
        List<LabeledExample> judged, int trainer, long checkpoint, int task) {
      int n = judged.size();
      long[] users = new long[n];
      int[] starts = new int[n + 1];
      String[] names = new String[ids ? n : 0];
      long[] slices = new long[fields.size() * n];
      for (int i = 0; i < n; i++) {
        LabeledExample example = judged.get(i);
        users[i] = example.example().user();
        if (ids) {
          names[i] = example.impressionId();
        }
        int at = starts[i];
        for (long fid : fields.isEmpty() ? new long[0] : example.example().fids()) {
          if (fields.contains(Fids.field(fid))) {
            slices = at < slices.length ? slices : Arrays.copyOf(slices, 2 * at);
            slices[at++] = fid;
          }
        }
        starts[i + 1] = at;
      }
      return new ExampleAttributes(
          trainer, checkpoint, users, starts, Arrays.copyOf(slices, starts[n]), names, task);
    }
  }

  /** The number of the field that an id belongs to. */
  public static int field(long fid) {
    return Fids.field(fid);
  }

  /** Whether an id means a missing value. */
  public static boolean isMissing(long fid) {
    return fid == Fids.missing(Fids.field(fid));
  }
}
