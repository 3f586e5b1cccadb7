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
 * A trainer's replica of the dense part, and its exchange with the mergers: it sends its change,
 * receives the merged slices, and adds what it learned meanwhile.
 *
 * <p>Optimizer slots travel with the parameters where they are sums. Slots that decay stay here:
 * {@link LocalOptimizerState}.
 *
 * <p>The only trainer of a job owns the parameters: it sends them as they are and keeps them, so
 * that state has them to the last bit.
 *
 * <p>At most one request is open. The first one fetches the weights, at the start and after a
 * restore; until its response the replica is not ready to learn. A parameter that is no longer
 * finite takes the merged value, as mergers refuse what is not finite and the replica cannot
 * recover by itself. Without a dense part there is nothing to exchange, and the replica is always
 * ready.
 */
public final class DenseReplica {
  /** A quarter of a megabyte: a message stays in the processor's cache until it is sent. */
  private static final int MAX_FLOATS_PER_MESSAGE = 1 << 16;

  private final DenseParameters parameters;
  private final int planes;
  private final DenseSlicing slicing;
  private final List<int[]> messages; // slices of one message: those of one merger
  private final ReplyTo replyTo;
  private final int trainers;
  private final Consumer<DenseDelta> mergers;

  private final float[][] known; // by slice: as last merged; the merger's array, never written to
  private final float[][] sent; // by slice: as it was when the open request was sent
  private final float[] now; // a slice
  private final FiniteCheck finite = new FiniteCheck();
  private long pending; // examples learned since the last request
  private int slicesMissing; // of the response to the open request
  private boolean requested;
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

  /** Requests the weights, when called for the first time. */
  public void requestOnce() {
    if (!requested) {
      requested = true;
      request(false);
    }
  }

  /** Whether the replica has the weights. */
  public boolean isReady() {
    return ready;
  }

  /** Whether a response is missing. */
  public boolean isOpen() {
    return slicesMissing > 0;
  }

  /** Slices that the open request is missing. */
  public int slicesMissing() {
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

  /** Sends the change of the replica; no request may be open. */
  public void send() {
    if (isOpen()) {
      throw new IllegalStateException("a dense request is open: " + slicesMissing + " slices");
    }
    request(true);
  }

  /** As {@link #send}, but sends nothing before the first example. */
  public void sendIfRequested() {
    if (requested) {
      send();
    }
  }

  /** Takes merged slices, and adds what was learned since the request. */
  public void accept(DenseSlices response) {
    for (int i = 0; i < response.slices().length; i++) {
      rebase(response.slices()[i], response.values()[i]);
    }
    slicesMissing -= response.slices().length;
    ready |= slicesMissing == 0;
  }

  /**
   * Adds what was learned since the request to the merged values, unless it is not finite. An only
   * trainer keeps its values, which are those of the local learner bit for bit.
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

  private void request(boolean withDeltas) {
    slicesMissing = known.length;
    for (int[] slices : messages) {
      float[][] deltas = new float[withDeltas ? slices.length : 0][];
      for (int i = 0; i < deltas.length; i++) {
        int slice = slices[i];
        readSlice(slice, sent[slice]);
        if (trainers > 1) {
          subtract(sent[slice], known[slice], sent[slice].length);
        }
        deltas[i] = sent[slice];
      }
      mergers.accept(new DenseDelta(replyTo, trainers, pending, slices, deltas));
      for (int slice : slices) {
        readSlice(slice, sent[slice]); // the deltas are sent
      }
    }
    pending = 0;
  }

  /** All arrays begin at 0: so the JIT compiler vectorizes the loop. */
  private static void subtract(float[] from, float[] what, int n) {
    for (int i = 0; i < n; i++) {
      from[i] -= what[i];
    }
  }

  /** As {@link #subtract}: a = a - b + c. */
  private static void addMovement(float[] a, float[] b, float[] c, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = a[i] - b[i] + c[i];
    }
  }

  /** Parameters, then merged slots plane by plane. */
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
