package io.freshet.train.dense;

import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.DenseReshape;
import io.freshet.model.dense.ModelShape;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.wire.WireType;
import io.freshet.wire.codec.PrimitiveArrays;
import io.freshet.wire.codec.StateCodec;
import io.freshet.wire.codec.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;

/**
 * A trainer's own slots of the dense optimizer, in its state: moments that decay are not sums that
 * mergers could add up, so each trainer has its own, while the parameters are merged.
 *
 * <p>Restored with the same number of trainers, each has its slots again. With more, the slots of
 * new trainers start new; with fewer, the slots of the others are dropped. Moments forget within
 * some hundred or thousand steps, so the loss is temporary. Slots follow their parameters to
 * another shape of the network ({@link DenseReshape}); under embeddings of another size, or another
 * optimizer, they start new.
 */
public final class LocalOptimizerState {
  private final ListState<Stored> state;

  public LocalOptimizerState(OperatorStateStore store) throws Exception {
    state = store.getListState(new ListStateDescriptor<>("dense-slots", WireType.of(Stored.class)));
  }

  /** Restores the replica's slots from state, if its optimizer has slots that decay. */
  public void restore(
      DenseParameters replica, ModelShape plain, ModelSettings model, OptimizerSettings by)
      throws Exception {
    Iterator<Stored> stored = state.get().iterator();
    if (!stored.hasNext() || replica.mergedPlanes() == replica.planes()) {
      return;
    }
    Stored first = stored.next();
    ModelShape before = ModelShape.parse(first.shape);
    if (before.embeddingSize() == model.embeddingSize()) {
      DenseParameters old = DenseParameters.start(before.dense(), model.seed(), by);
      if (first.slots.length != read(old).length) {
        return; // of another optimizer, which the mergers convert
      }
      write(first.slots, old);
      ModelShape now = plain.after(before);
      write(read(DenseReshape.of(before, old, now, model.seed(), by)), replica);
    }
  }

  /** Writes the replica's slots to state. */
  public void store(DenseParameters replica, ModelShape shape) throws Exception {
    boolean any = replica.mergedPlanes() < replica.planes();
    state.update(any ? List.of(new Stored(shape.text(), read(replica))) : List.of());
  }

  private static float[] read(DenseParameters from) {
    float[] slots = new float[(from.planes() - from.mergedPlanes()) * from.size()];
    for (int plane = from.mergedPlanes(); plane < from.planes(); plane++) {
      from.read(plane, 0, from.size(), slots, (plane - from.mergedPlanes()) * from.size());
    }
    return slots;
  }

  private static void write(float[] slots, DenseParameters to) {
    for (int plane = to.mergedPlanes(); plane < to.planes(); plane++) {
      to.write(plane, 0, to.size(), slots, (plane - to.mergedPlanes()) * to.size());
    }
  }

  /**
   * Slots in state.
   *
   * @param shape of the model they belong to
   * @param slots plane by plane
   */
  public record Stored(String shape, float[] slots) {
    /** Writes the shape, then the floats. */
    public static final class Codec extends StateCodec<Stored> {
      public Codec() {
        super("dense-optimizer-state", 1, Stored.class);
      }

      @Override
      public void write(Stored stored, DataOutput out) throws IOException {
        Values.writeString(stored.shape, out);
        PrimitiveArrays.writeFloats(stored.slots, out);
      }

      @Override
      public Stored read(DataInput in, int version) throws IOException {
        return new Stored(Values.readString(in), PrimitiveArrays.readFloats(in));
      }
    }
  }
}
