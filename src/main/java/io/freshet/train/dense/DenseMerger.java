package io.freshet.train.dense;

import io.freshet.model.dense.DenseBlock;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.DenseReshape;
import io.freshet.model.dense.ModelShape;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.optimizer.Optimizer;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.train.LoopSettings;
import io.freshet.train.RefusedException;
import io.freshet.train.feedback.ParameterServer;
import io.freshet.train.message.DenseDelta;
import io.freshet.train.message.GaugeDelta;
import io.freshet.train.message.MergerRequest;
import io.freshet.train.message.ShardResponse.DenseSlices;
import io.freshet.train.state.FiniteCheck;
import io.freshet.train.state.StateCompatibility;
import io.freshet.wire.UnionState;
import io.freshet.wire.WireType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Holds slices of the dense part that all trainers replicate: merges the delta of a trainer and
 * responds with the merged slices.
 *
 * <p><b>Merge.</b> The parameters move by the delta times 1 / √P, with P trainers: plain addition
 * makes each needed move up to P times and overshoots from 8 trainers on, averaging learns too
 * slowly. Optimizer slots that are sums of squares are added whole; slots that decay are not sums,
 * and stay with each trainer ({@link LocalOptimizerState}). The values of an only trainer are taken
 * as they are. A slice of a delta that is not finite is refused and counted.
 *
 * <p><b>No copies.</b> The values of a slice are an array that is never written to: a merge turns
 * the delta's own array into the next one. So responses and state share the merger's array.
 *
 * <p><b>State.</b> Each subtask owns the slices of its key groups in memory, and writes them to a
 * list that every subtask receives whole when it is restored, and only owners of slices write. So
 * another number of slices or subtasks, or another shape of the network, only cuts the same
 * parameters differently: {@link DenseReshape}.
 */
public final class DenseMerger extends ParameterServer<MergerRequest> {
  private static final long serialVersionUID = 1L;

  public static final OutputTag<DenseBlock> WEIGHTS =
      new OutputTag<>("dense-weights", WireType.of(DenseBlock.class));

  public static final OutputTag<PublishedGauge> GAUGE =
      new OutputTag<>("gauge", WireType.of(PublishedGauge.class));

  private transient Optimizer optimizer;
  private transient DenseSlicing slicing;
  private transient int planes;
  private transient UnionState<StoredSlice> state;
  private transient SortedMap<Integer, Slice> slices;
  private transient GaugeMerger gauge;
  private transient FiniteCheck finite;
  private transient Counter merges;
  private transient Counter refused;

  /**
   * @param direct whether responses go straight to a trainer of the same process
   */
  public DenseMerger(LoopSettings settings, boolean direct) {
    super(settings, direct);
  }

  @Override
  protected StateCompatibility compatibility() {
    return StateCompatibility.ofDense(settings.model(), settings.train());
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        new UnionState<>(
            context.getOperatorStateStore(),
            new ListStateDescriptor<>("dense-slices", WireType.of(StoredSlice.class)));
    gauge = new GaugeMerger(context.getOperatorStateStore());
  }

  @Override
  public void open() throws Exception {
    super.open();
    optimizer = settings.train().learning().dense().merged().optimizer();
    finite = new FiniteCheck();
    slices = new TreeMap<>();
    List<StoredSlice> restored = state.take(ownsAny());
    cut(restored(restored), restored);
    gauge.open(settings, shape, owns(GaugeDelta.KEY));
    if (!reset.isNone()) {
      gauge.restartMixture();
    }
    gauge.publish(getMetricGroup());
    merges = getMetricGroup().counter("merges");
    refused = getMetricGroup().counter("refused_slices");
  }

  /** The whole network: from state, from the initial model, or from the seed. */
  private DenseParameters restored(List<StoredSlice> stored) throws Exception {
    OptimizerSettings now = settings.train().learning().dense().merged();
    if (reset.dense()) {
      LOG.info("the dense part starts again");
      return DenseParameters.start(shape.now().dense(), settings.model().seed(), now);
    }
    OptimizerSettings by =
        earlier.map(e -> e.optimizer(StateCompatibility.DENSE).merged()).orElse(now);
    ModelShape before = shape.before().orElse(shape.now());
    DenseParameters network = DenseParameters.start(before.dense(), settings.model().seed(), by);
    int floats = stored.stream().mapToInt(slice -> slice.values().length).sum();
    if (shape.isWarm()) {
      network.startFrom(settings.start().model().dense());
    } else if (shape.before().isPresent() && floats != network.planes() * network.size()) {
      throw new RefusedException(
          "the restored state holds %s floats of a dense network of %s: it is damaged"
              .formatted(floats, network.planes() * network.size()));
    }
    for (StoredSlice slice : stored) {
      int n = slice.values().length / network.planes();
      for (int plane = 0; plane < network.planes(); plane++) {
        network.write(plane, slice.from(), n, slice.values(), plane * n);
      }
    }
    network = network.under(by, now);
    if (!shape.isChanged()) {
      return network;
    }
    if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
      LOG.info("the model's shape was {} and is {}", before.text(), shape.now().text());
    }
    return DenseReshape.of(before, network, shape.now(), settings.model().seed(), now);
  }

  /** Takes the slices of this subtask. */
  private void cut(DenseParameters network, List<StoredSlice> stored) {
    planes = network.planes();
    slicing = new DenseSlicing(network.size(), settings.train().denseSlices());
    Map<Integer, Long> examples = new HashMap<>();
    boolean same = !shape.isChanged() && stored.size() == slicing.slices();
    long most = stored.stream().mapToLong(StoredSlice::examples).max().orElse(0);
    stored.forEach(slice -> examples.put(slice.from(), slice.examples()));
    for (int slice = 0; slicing.size() > 0 && slice < slicing.slices(); slice++) {
      if (owns(slice)) {
        int from = slicing.from(slice);
        int n = slicing.length(slice);
        float[] values = new float[planes * n];
        for (int plane = 0; plane < planes; plane++) {
          network.read(plane, from, n, values, plane * n);
        }
        slices.put(slice, new Slice(values, same ? examples.get(from) : most));
      }
    }
  }

  /** Also of a network without parameters, which has no slices. */
  private boolean ownsAny() {
    return IntStream.range(0, settings.train().denseSlices()).anyMatch(this::owns);
  }

  private boolean owns(int slice) {
    var task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            slice, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == task.getIndexOfThisSubtask();
  }

  @Override
  public void processElement(StreamRecord<MergerRequest> element) {
    if (element.getValue() instanceof DenseDelta delta) {
      exchange(delta);
    } else if (element.getValue() instanceof GaugeDelta delta) {
      gauge.merge(delta);
      respond(gauge.response(delta.replyTo()));
    }
  }

  private void exchange(DenseDelta delta) {
    if (delta.deltas().length > 0) {
      merge(delta);
    }
    respond(merged(delta));
  }

  private void merge(DenseDelta delta) {
    float scale = (float) (1 / Math.sqrt(delta.trainers()));
    for (int i = 0; i < delta.slices().length; i++) {
      int number = delta.slices()[i];
      float[] values = delta.deltas()[i];
      Slice slice = slices.get(number);
      if (finite.holds(values, 0, values.length)) {
        if (!delta.isWhole()) {
          slice.addTo(values, slicing.length(number), scale);
        }
        slice.values = values;
        slice.examples += delta.examples();
        merges.inc();
      } else {
        LOG.warn("refused a delta of dense slice {} that is not finite", number);
        refused.inc();
      }
    }
  }

  private DenseSlices merged(DenseDelta delta) {
    float[][] merged = new float[delta.slices().length][];
    Arrays.setAll(merged, i -> slices.get(delta.slices()[i]).values);
    return new DenseSlices(delta.replyTo(), delta.slices(), merged);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    if (!slices.isEmpty()) {
      List<StoredSlice> own = new ArrayList<>();
      slices.forEach((number, s) -> own.add(stored(number, s)));
      state.update(own);
    }
    gauge.store();
  }

  private StoredSlice stored(int number, Slice slice) {
    return new StoredSlice(slicing.from(number), slice.examples, slice.values);
  }

  @Override
  protected void flush() {
    slices.forEach(
        (number, slice) -> output.collect(WEIGHTS, new StreamRecord<>(weights(number, slice))));
    gauge.published().ifPresent(now -> output.collect(GAUGE, new StreamRecord<>(now)));
  }

  private DenseBlock weights(int number, Slice slice) {
    int n = slicing.length(number);
    float[] values = new float[n];
    optimizer.read(slice.values, 0, n, n, values, 0);
    return new DenseBlock(slicing.from(number), values, slice.examples);
  }

  /** A slice in memory. */
  private static final class Slice {
    float[] values; // parameters, then slots plane by plane; never written to
    long examples;

    Slice(float[] values, long examples) {
      this.values = values;
      this.examples = examples;
    }

    /** Turns a delta into the next values. */
    void addTo(float[] delta, int parameters, float scale) {
      for (int i = 0; i < parameters; i++) {
        delta[i] = values[i] + scale * delta[i];
      }
      for (int i = parameters; i < delta.length; i++) {
        delta[i] = values[i] + delta[i];
      }
    }
  }
}
