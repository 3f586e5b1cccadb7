package io.freshet.join.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.TaskInfo;

/**
 * What each subtask knows by itself, in state that all of them read at a restart: a subtask takes
 * its own back; where the job was rescaled, there is no own, and it takes a share of everybody's.
 *
 * <p>Stored numbers are signed with the subtask and the parallelism, in front.
 */
record SubtaskState(int subtask, int parallelism) {
  private static final int SIGNATURE = 2;

  static SubtaskState of(TaskInfo task) {
    return new SubtaskState(task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks());
  }

  long[] signed(long[] numbers) {
    long[] signed = new long[numbers.length + SIGNATURE];
    signed[0] = subtask;
    signed[1] = parallelism;
    System.arraycopy(numbers, 0, signed, SIGNATURE, numbers.length);
    return signed;
  }

  double[] signed(double[] numbers) {
    double[] signed = new double[numbers.length + SIGNATURE];
    signed[0] = subtask;
    signed[1] = parallelism;
    System.arraycopy(numbers, 0, signed, SIGNATURE, numbers.length);
    return signed;
  }

  /** Of all that was stored, this subtask's own, or else everybody's; without signatures. */
  List<long[]> longs(Iterable<long[]> stored) {
    return mine(stored, s -> s[0], s -> s[1], s -> Arrays.copyOfRange(s, SIGNATURE, s.length));
  }

  List<double[]> doubles(Iterable<double[]> stored) {
    return mine(
        stored,
        s -> (long) s[0],
        s -> (long) s[1],
        s -> Arrays.copyOfRange(s, SIGNATURE, s.length));
  }

  /** Which part of what {@link #doubles} gives this subtask takes: all of its own. */
  double part(Iterable<double[]> stored) {
    for (double[] each : stored) {
      if ((long) each[0] == subtask && (long) each[1] == parallelism) {
        return 1;
      }
    }
    return 1.0 / parallelism;
  }

  private <T> List<T> mine(
      Iterable<T> stored, ToLongFunction<T> by, ToLongFunction<T> of, Function<T, T> content) {
    List<T> all = new ArrayList<>();
    for (T each : stored) {
      if (of.applyAsLong(each) == parallelism && by.applyAsLong(each) == subtask) {
        return List.of(content.apply(each));
      }
      all.add(content.apply(each));
    }
    return all;
  }
}
