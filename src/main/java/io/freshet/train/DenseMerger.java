package io.freshet.train;

import io.freshet.model.DenseBlock;
import io.freshet.model.DenseParameters;
import io.freshet.model.ModelSettings;
import io.freshet.model.Optimizer;
import io.freshet.model.Optimizers;
import io.freshet.train.Answer.DenseSlices;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Holds slices of the one dense network that all trainers replicate: merges what a trainer sends
 * and answers it with the merged slices.
 *
 * <p><b>Merge.</b> The parameters move by the delta times 1 / √P, P trainers: plain addition makes
 * each needed move up to P times and overshoots from 8 trainers on, averaging learns too slowly.
 * Optimiser slots, sums of squares, are added whole. A slice of a delta that is not finite is
 * refused and counted.
 *
 * <p><b>No copies.</b> The values of a slice are an array that nothing writes to: a merge makes the
 * delta's own array the next one. So answers and state hold the same array as the merger.
 *
 * <p>Slices are keyed state, so the dense network rescales and recovers as the table does; this
 * operator keeps those it owns in memory and writes the changed ones back ahead of each barrier.
 */
final class DenseMerger extends AbstractStreamOperator<Answer>
    implements OneInputStreamOperator<DenseDelta, Answer>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  static final OutputTag<DenseBlock> FINISHED =
      new OutputTag<>("finished-slices", MessageCodecs.DENSE_BLOCK);

  private final int fields;
  private final ModelSettings model;
  private final TrainSettings settings;
  private final boolean direct;
  private transient AnswerRoute answers;

  private transient DenseParameters start;
  private transient Optimizer optimizer;
  private transient DenseSlicing slicing;
  private transient ValueState<StoredSlice> state;
  private transient SortedMap<Integer, Slice> slices;
  private transient FiniteCheck finite;
  private transient boolean ended;
  private transient Counter merges;
  private transient Counter refused;

  DenseMerger(int fields, ModelSettings model, TrainSettings settings) {
    this(fields, model, settings, false);
  }

  /**
   * @param direct whether answers go straight to a trainer of the same process
   */
  DenseMerger(int fields, ModelSettings model, TrainSettings settings, boolean direct) {
    this.fields = fields;
    this.model = model;
    this.settings = settings;
    this.direct = direct;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    StateShape.ofDense(fields, model, settings)
        .guard(context.getOperatorStateStore(), getRuntimeContext());
  }

  @Override
  public void open() throws Exception {
    super.open();
    LoopRules.check(this);
    answers = new AnswerRoute(direct, answer -> output.collect(new StreamRecord<>(answer)));
    start = DenseParameters.start(fields, model, settings.learning().dense());
    optimizer = Optimizers.of(settings.learning().dense());
    slicing = new DenseSlicing(start.size(), settings.denseSlices());
    state =
        getRuntimeContext().getState(new ValueStateDescriptor<>("dense-slices", StoredSlice.TYPE));
    slices = new TreeMap<>();
    finite = new FiniteCheck();
    for (int slice = 0; slicing.size() > 0 && slice < slicing.slices(); slice++) {
      if (owns(slice)) {
        slices.put(slice, load(slice));
      }
    }
    merges = getMetricGroup().counter("merges");
    refused = getMetricGroup().counter("refused-slices");
  }

  private boolean owns(int slice) {
    var task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            slice, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == task.getIndexOfThisSubtask();
  }

  private Slice load(int slice) throws Exception {
    setCurrentKey(slice);
    StoredSlice stored = state.value();
    if (stored == null) {
      return new Slice(startOf(slice), 0);
    }
    int floats = start.planes() * slicing.length(slice);
    if (stored.values().length != floats) {
      throw new RefusedException(
          "the restored state holds a dense slice of "
              + stored.values().length
              + " floats where the hidden layers, slices and dense optimiser configured make "
              + floats);
    }
    return new Slice(stored.values(), stored.examples());
  }

  private float[] startOf(int slice) {
    int n = slicing.length(slice);
    float[] values = new float[start.planes() * n];
    for (int plane = 0; plane < start.planes(); plane++) {
      start.read(plane, slicing.from(slice), n, values, plane * n);
    }
    return values;
  }

  @Override
  public void processElement(StreamRecord<DenseDelta> element) {
    DenseDelta delta = element.getValue();
    if (delta.deltas().length > 0) {
      merge(delta);
    }
    answers.send(answer(delta));
  }

  private void merge(DenseDelta delta) {
    float scale = (float) (1 / Math.sqrt(delta.trainers()));
    for (int i = 0; i < delta.slices().length; i++) {
      int number = delta.slices()[i];
      float[] moved = delta.deltas()[i];
      Slice slice = slices.get(number);
      if (finite.holds(moved, 0, moved.length)) {
        slice.add(moved, slicing.length(number), scale);
        slice.examples += delta.examples();
        merges.inc();
      } else {
        LOG.warn("refused a delta of dense slice {} that is not finite", number);
        refused.inc();
      }
    }
  }

  private DenseSlices answer(DenseDelta delta) {
    float[][] merged = new float[delta.slices().length][];
    Arrays.setAll(merged, i -> slices.get(delta.slices()[i]).values);
    return new DenseSlices(delta.replyTo(), delta.slices(), merged);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    if (!ended) {
      flush();
    }
  }

  @Override
  public void endInput() throws Exception {
    flush();
    ended = true;
  }

  private void flush() throws Exception {
    for (var entry : slices.entrySet()) {
      Slice slice = entry.getValue();
      if (slice.changed) {
        setCurrentKey(entry.getKey());
        state.update(new StoredSlice(slice.examples, slice.values));
        slice.changed = false;
      }
      output.collect(FINISHED, new StreamRecord<>(finished(entry.getKey(), slice)));
    }
  }

  private DenseBlock finished(int number, Slice slice) {
    int n = slicing.length(number);
    float[] values = new float[n];
    optimizer.read(slice.values, 0, n, n, values, 0);
    return new DenseBlock(slicing.from(number), values, slice.examples);
  }

  /** A slice in memory. */
  private static final class Slice {
    float[] values; // parameters, then slots plane by plane; never written to
    long examples;
    boolean changed = true;

    Slice(float[] values, long examples) {
      this.values = values;
      this.examples = examples;
    }

    /** Takes the array of the delta as its own. */
    void add(float[] delta, int parameters, float scale) {
      for (int i = 0; i < parameters; i++) {
        delta[i] = values[i] + scale * delta[i];
      }
      for (int i = parameters; i < delta.length; i++) {
        delta[i] = values[i] + delta[i];
      }
      values = delta;
      changed = true;
    }
  }
}
