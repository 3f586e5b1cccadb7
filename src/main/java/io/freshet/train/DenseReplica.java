package io.freshet.train;

import io.freshet.model.DenseParameters;
import io.freshet.train.Answer.DenseSlices;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * A trainer's replica of the dense part, and its exchange with the mergers: it sends how far the
 * replica moved, is answered with the merged slices, and puts what it learned meanwhile on top.
 *
 * <p>One request may be open. The first one brings the weights themselves, at the start and after a
 * restore; until it is answered the replica is not ready to learn with. A parameter that is no
 * longer finite takes the merged value: mergers refuse what is not finite, and the replica would
 * never come back by itself. Without a deep part there is nothing to exchange, and the replica is
 * always ready.
 */
final class DenseReplica {
  private static final int MAX_FLOATS_PER_MESSAGE = 1 << 18;

  private final DenseParameters parameters;
  private final int planes;
  private final DenseSlicing slicing;
  private final List<int[]> messages; // slices that travel together: one merger's, up to 1 MB
  private final ReplyTo replyTo;
  private final int trainers;
  private final Consumer<DenseDelta> mergers;

  private final float[][] base; // by plane: the merged parameters as last heard
  private final float[][] sent; // by plane: the replica when the open request was sent
  private long pending; // examples learned since the last request
  private int slicesMissing; // in the answer to the open request
  private boolean asked;
  private boolean ready;

  DenseReplica(
      DenseParameters parameters,
      int slices,
      ReplyTo replyTo,
      int trainers,
      int maxParallelism,
      Consumer<DenseDelta> mergers) {
    this.parameters = parameters;
    this.replyTo = replyTo;
    this.trainers = trainers;
    this.mergers = mergers;
    planes = parameters.planes();
    slicing = new DenseSlicing(parameters.size(), slices);
    messages = messages(maxParallelism);
    base = new float[planes][parameters.size()];
    sent = new float[planes][parameters.size()];
    ready = parameters.size() == 0;
  }

  /** Asks for the weights, when called for the first time. */
  void ask() {
    if (!asked) {
      asked = true;
      request(false);
    }
  }

  /** Whether the weights have come. */
  boolean isReady() {
    return ready;
  }

  /** Whether an answer is still to come. */
  boolean isOpen() {
    return slicesMissing > 0;
  }

  /** Counts examples that the replica has learned. */
  void learned(int examples) {
    pending += examples;
  }

  /** Examples learned since the last request. */
  long pending() {
    return pending;
  }

  /** Sends how far the replica moved; no request may be open. */
  void send() {
    if (isOpen()) {
      throw new IllegalStateException("a dense request is open: " + slicesMissing + " slices");
    }
    request(true);
  }

  /** As {@link #send}, but nothing before the first example: an untouched replica has no news. */
  void sendIfAsked() {
    if (asked) {
      send();
    }
  }

  /** Takes merged slices: rebases what was learned since the request on them. */
  void accept(DenseSlices answer) {
    int at = 0;
    for (int slice : answer.slices()) {
      at = rebase(slice, answer.values(), at);
    }
    slicesMissing -= answer.slices().length;
    ready |= slicesMissing == 0;
  }

  private int rebase(int slice, float[] merged, int start) {
    int from = slicing.from(slice);
    int n = slicing.length(slice);
    float[] now = new float[n];
    int at = start;
    for (int plane = 0; plane < planes; plane++) {
      parameters.read(plane, from, n, now, 0);
      for (int i = 0; i < n; i++) {
        now[i] = rebased(now[i], sent[plane][from + i], merged[at + i]);
      }
      parameters.write(plane, from, n, now, 0);
      System.arraycopy(merged, at, base[plane], from, n);
      at += n;
    }
    return at;
  }

  /**
   * What was learned since the request goes on top of the merged value, unless it is not finite. A
   * trainer that is alone differs from the merged value by rounding only, which its next delta
   * makes good: it goes on undisturbed, number for number as the local learner does.
   */
  private float rebased(float now, float sent, float merged) {
    float since = now - sent;
    if (!Float.isFinite(since)) {
      return merged;
    }
    return trainers == 1 && ready ? now : merged + since;
  }

  private void request(boolean moved) {
    for (int plane = 0; plane < planes; plane++) {
      parameters.read(plane, 0, parameters.size(), sent[plane], 0);
    }
    slicesMissing = slicing.size() == 0 ? 0 : slicing.slices();
    for (int[] slices : messages) {
      float[] deltas = moved ? deltas(slices) : new float[0];
      mergers.accept(new DenseDelta(replyTo, trainers, pending, slices, deltas));
    }
    pending = 0;
  }

  private float[] deltas(int[] slices) {
    float[] deltas = new float[floats(slices)];
    int at = 0;
    for (int slice : slices) {
      int from = slicing.from(slice);
      for (int plane = 0; plane < planes; plane++) {
        for (int i = from; i < from + slicing.length(slice); i++) {
          deltas[at++] = sent[plane][i] - base[plane][i];
        }
      }
    }
    return deltas;
  }

  private int floats(int[] slices) {
    int floats = 0;
    for (int slice : slices) {
      floats += planes * slicing.length(slice);
    }
    return floats;
  }

  private List<int[]> messages(int maxParallelism) {
    List<List<Integer>> groups = new ArrayList<>();
    for (int merger = 0; merger < trainers && slicing.size() > 0; merger++) {
      List<Integer> group = new ArrayList<>();
      int floats = 0;
      for (int slice = 0; slice < slicing.slices(); slice++) {
        if (merger(slice, maxParallelism) != merger) {
          continue;
        }
        int more = planes * slicing.length(slice);
        if (group.isEmpty() || floats + more > MAX_FLOATS_PER_MESSAGE) {
          group = new ArrayList<>();
          groups.add(group);
          floats = 0;
        }
        group.add(slice);
        floats += more;
      }
    }
    return groups.stream().map(g -> g.stream().mapToInt(Integer::intValue).toArray()).toList();
  }

  private int merger(int slice, int maxParallelism) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(slice, maxParallelism, trainers);
  }
}
