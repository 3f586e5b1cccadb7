package io.freshet.train;

import io.freshet.model.DenseParameters;
import io.freshet.train.Answer.DenseSlices;
import java.util.ArrayList;
import java.util.Arrays;
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

  private final float[][] known; // by slice: as last heard, or while a request is open, as sent
  private final float[] now; // a slice
  private final FiniteCheck finite = new FiniteCheck();
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
    known = new float[slicing.size() == 0 ? 0 : slicing.slices()][];
    Arrays.setAll(known, slice -> new float[planes * slicing.length(slice)]);
    now = new float[Arrays.stream(known).mapToInt(slice -> slice.length).max().orElse(0)];
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

  /** Slices that are still to come in the answer to the open request. */
  int open() {
    return slicesMissing;
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
      rebase(slice, answer.values(), at);
      at += known[slice].length;
    }
    slicesMissing -= answer.slices().length;
    ready |= slicesMissing == 0;
  }

  /**
   * What was learned since the request goes on top of the merged values, unless it is not finite. A
   * trainer that is alone differs from the merged values by rounding only, which its next delta
   * makes good: it goes on undisturbed, number for number as the local learner does.
   */
  private void rebase(int slice, float[] merged, int at) {
    float[] last = known[slice];
    readSlice(slice, now);
    subtract(now, last, now, last.length);
    System.arraycopy(merged, at, last, 0, last.length);
    boolean isFinite = finite.holds(now, 0, last.length);
    if (isFinite && trainers == 1 && ready) {
      return;
    }
    for (int i = 0; i < last.length && !isFinite; i++) {
      now[i] = Float.isFinite(now[i]) ? now[i] : 0;
    }
    for (int i = 0; i < last.length; i++) {
      now[i] += last[i];
    }
    writeSlice(slice, now);
  }

  private void request(boolean moved) {
    slicesMissing = slicing.size() == 0 ? 0 : slicing.slices();
    for (int[] slices : messages) {
      float[] deltas = new float[moved ? floats(slices) : 0];
      int at = 0;
      for (int slice : slices) {
        float[] last = known[slice];
        readSlice(slice, now);
        if (moved) {
          subtract(now, last, last, last.length);
          System.arraycopy(last, 0, deltas, at, last.length);
          at += last.length;
        }
        System.arraycopy(now, 0, last, 0, last.length);
      }
      mergers.accept(new DenseDelta(replyTo, trainers, pending, slices, deltas));
    }
    pending = 0;
  }

  /** Arrays all begin at 0: so the JIT compiler makes vector instructions of it. */
  private static void subtract(float[] from, float[] what, float[] target, int n) {
    for (int i = 0; i < n; i++) {
      target[i] = from[i] - what[i];
    }
  }

  /** Parameters, then slots plane by plane. */
  private void readSlice(int slice, float[] target) {
    int n = slicing.length(slice);
    for (int plane = 0; plane < planes; plane++) {
      parameters.read(plane, slicing.from(slice), n, target, plane * n);
    }
  }

  private void writeSlice(int slice, float[] source) {
    int n = slicing.length(slice);
    for (int plane = 0; plane < planes; plane++) {
      parameters.write(plane, slicing.from(slice), n, source, plane * n);
    }
  }

  private int floats(int[] slices) {
    int floats = 0;
    for (int slice : slices) {
      floats += known[slice].length;
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
