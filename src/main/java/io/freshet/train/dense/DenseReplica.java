package io.freshet.train.dense;

import io.freshet.model.dense.DenseParameters;
import io.freshet.train.message.DenseDelta;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardResponse.DenseSlices;
import io.freshet.train.state.FiniteCheck;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * A trainer's replica of the dense part, and its exchange with the mergers: it sends how far the
 * replica moved, is answered with the merged slices, and puts what it learned meanwhile on top.
 *
 * <p>Optimiser slots travel with the parameters where they are sums. Where they decay they stay
 * here: {@link LocalOptimizerState}.
 *
 * <p>One request may be open. The first one brings the weights themselves, at the start and after a
 * restore; until it is answered the replica is not ready to learn with. A parameter that is no
 * longer finite takes the merged value: mergers refuse what is not finite, and the replica would
 * never come back by itself. Without a deep part there is nothing to exchange, and the replica is
 * always ready.
 */
public final class DenseReplica {
  /** A quarter of a megabyte: what is sent stays in the processor's cache until it has gone. */
  private static final int MAX_FLOATS_PER_MESSAGE = 1 << 16;

  private final DenseParameters parameters;
  private final int planes;
  private final DenseSlicing slicing;
  private final List<int[]> messages; // slices that travel together: one merger's
  private final ReplyTo replyTo;
  private final int trainers;
  private final Consumer<DenseDelta> mergers;

  private final float[][] known; // by slice: as last heard; the merger's array, never written to
  private final float[][] sent; // by slice: as it was when the open request went out
  private final float[] now; // a slice
  private final FiniteCheck finite = new FiniteCheck();
  private long pending; // examples learned since the last request
  private int slicesMissing; // in the answer to the open request
  private boolean asked;
  private boolean ready;

  public DenseReplica(
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
    planes = parameters.mergedPlanes();
    slicing = new DenseSlicing(parameters.size(), slices);
    messages = messages(maxParallelism);
    known = new float[slicing.size() == 0 ? 0 : slicing.slices()][];
    sent = new float[known.length][];
    Arrays.setAll(sent, slice -> new float[planes * slicing.length(slice)]);
    now = new float[Arrays.stream(sent).mapToInt(slice -> slice.length).max().orElse(0)];
    ready = parameters.size() == 0;
  }

  /** Asks for the weights, when called for the first time. */
  public void ask() {
    if (!asked) {
      asked = true;
      request(false);
    }
  }

  /** Whether the weights have come. */
  public boolean isReady() {
    return ready;
  }

  /** Whether an answer is still to come. */
  public boolean isOpen() {
    return slicesMissing > 0;
  }

  /** Slices that are still to come in the answer to the open request. */
  public int open() {
    return slicesMissing;
  }

  /** Counts examples that the replica has learned. */
  public void learned(int examples) {
    pending += examples;
  }

  /** Examples learned since the last request. */
  public long pending() {
    return pending;
  }

  /** Sends how far the replica moved; no request may be open. */
  public void send() {
    if (isOpen()) {
      throw new IllegalStateException("a dense request is open: " + slicesMissing + " slices");
    }
    request(true);
  }

  /** As {@link #send}, but nothing before the first example: an untouched replica has no news. */
  public void sendIfAsked() {
    if (asked) {
      send();
    }
  }

  /** Takes merged slices: rebases what was learned since the request on them. */
  public void accept(DenseSlices answer) {
    for (int i = 0; i < answer.slices().length; i++) {
      rebase(answer.slices()[i], answer.values()[i]);
    }
    slicesMissing -= answer.slices().length;
    ready |= slicesMissing == 0;
  }

  /**
   * What was learned since the request goes on top of the merged values, unless it is not finite. A
   * trainer that is alone differs from the merged values by rounding only, which its next delta
   * makes good: it goes on undisturbed, number for number as the local learner does.
   */
  private void rebase(int slice, float[] merged) {
    int n = merged.length;
    known[slice] = merged;
    readSlice(slice, now);
    addMovement(now, sent[slice], merged, n);
    boolean isFinite = finite.holds(now, 0, n);
    if (isFinite && trainers == 1 && ready) {
      return;
    }
    for (int i = 0; i < n && !isFinite; i++) {
      now[i] = Float.isFinite(now[i]) ? now[i] : merged[i];
    }
    writeSlice(slice, now);
  }

  private void request(boolean moved) {
    slicesMissing = known.length;
    for (int[] slices : messages) {
      float[][] deltas = new float[moved ? slices.length : 0][];
      for (int i = 0; i < deltas.length; i++) {
        int slice = slices[i];
        readSlice(slice, now);
        subtract(now, known[slice], sent[slice], sent[slice].length);
        deltas[i] = sent[slice];
      }
      mergers.accept(new DenseDelta(replyTo, trainers, pending, slices, deltas));
      for (int slice : slices) {
        readSlice(slice, sent[slice]); // what was sent has gone
      }
    }
    pending = 0;
  }

  /** Arrays all begin at 0: so the JIT compiler makes vector instructions of it. */
  private static void subtract(float[] from, float[] what, float[] target, int n) {
    for (int i = 0; i < n; i++) {
      target[i] = from[i] - what[i];
    }
  }

  /** As {@link #subtract}: a = a - b + c. */
  private static void addMovement(float[] a, float[] b, float[] c, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = a[i] - b[i] + c[i];
    }
  }

  /** Parameters, then slots plane by plane, unless these are the trainer's own. */
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
