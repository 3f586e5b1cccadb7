package io.freshet.model.trunk;

import io.freshet.model.ModelKind;
import io.freshet.model.NetworkSettings;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.BatchNorm;
import io.freshet.model.layer.FactorizedBlock;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.Rows;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * FinalNet (Zhu et al. 2023, SIGIR): one or two {@link FactorizedBlock}s over the embeddings, each
 * a branch; of two the mean counts, and they learn from each other ({@code
 * io.freshet.model.network.Distillation}). The first may see the embeddings twice, as they are and
 * times a {@link FieldGate}.
 */
final class FinalNet implements Trunk {
  static final String KEY = ModelKind.FINALNET.key();
  static final Trunks.Form FORM =
      new Trunks.Form() {
        @Override
        public List<Layer> layers(
            NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
          return FinalNet.layers(inputs, settings, normalized);
        }

        @Override
        public List<Branch> branches(NetworkInputs inputs, NetworkSettings settings) {
          List<Branch> branches = new ArrayList<>();
          for (List<Integer> units : units(settings)) {
            String out = NAMES.get(branches.size()) + OUT;
            branches.add(new Branch(out, units.get(units.size() - 1), Axis.UNITS));
          }
          return branches;
        }

        @Override
        public Trunk trunk(Trunks.Parts parts, int firstNumber) {
          return new FinalNet(parts, firstNumber);
        }

        @Override
        public boolean distills() {
          return true;
        }
      };

  private static final List<String> NAMES = List.of("first", "second");
  private static final String OUT = ".out";

  private final FieldGate gate; // null where there is none
  private final List<FactorizedBlock> blocks = new ArrayList<>();
  private final int depth;
  private final FMatrixRMaj inputGradient = new FMatrixRMaj(0, 0);
  private FMatrixRMaj embeddings; // of the last forward pass

  private FinalNet(Trunks.Parts parts, int firstNumber) {
    gate = isGated(parts.settings()) ? new FieldGate(parts) : null;
    int number = firstNumber;
    for (List<Integer> units : units(parts.settings())) {
      String name = NAMES.get(blocks.size());
      blocks.add(
          new FactorizedBlock(name, parts.layers(), parts.dropout(), number, parts.algebra()));
      number += units.size();
    }
    depth = number - firstNumber;
  }

  private static boolean isGated(NetworkSettings settings) {
    return settings.sizes().of("gated") > 0;
  }

  /** The units of each block's layers. */
  private static List<List<Integer>> units(NetworkSettings settings) {
    List<Integer> second = settings.sizes().list("second-layers");
    return second.isEmpty()
        ? List.of(settings.hiddenLayers())
        : List.of(settings.hiddenLayers(), second);
  }

  private static List<Layer> layers(
      NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
    List<Layer> layers = new ArrayList<>();
    List<List<Integer>> units = units(settings);
    if (isGated(settings)) {
      layers.add(FieldGate.layer(inputs));
    }
    for (int block = 0; block < units.size(); block++) {
      boolean twice = block == 0 && isGated(settings);
      String name = NAMES.get(block);
      List<Integer> own = units.get(block);
      layers.addAll(
          FactorizedBlock.layers(
              name,
              twice ? 2 * inputs.units() : inputs.units(),
              twice ? Axis.EMBEDDINGS_TWICE : Axis.EMBEDDINGS,
              own,
              normalized));
      layers.add(Layer.of(name + OUT, own.get(own.size() - 1), 1).last());
    }
    return layers;
  }

  @Override
  public void values(float[] all) {
    if (gate != null) {
      gate.values(all);
    }
    blocks.forEach(block -> block.values(all));
  }

  @Override
  public List<FMatrixRMaj> forward(FMatrixRMaj x, boolean training) {
    embeddings = x;
    List<FMatrixRMaj> units = new ArrayList<>();
    for (FactorizedBlock block : blocks) {
      FMatrixRMaj input = units.isEmpty() && gate != null ? gate.forward(x) : x;
      units.add(block.forward(input, training));
    }
    return units;
  }

  @Override
  public FMatrixRMaj backward(List<FMatrixRMaj> gradients) {
    Rows.zeros(inputGradient, embeddings.numRows, embeddings.numCols);
    for (int b = 0; b < blocks.size(); b++) {
      FMatrixRMaj byInput = blocks.get(b).backward(gradients.get(b));
      if (b == 0 && gate != null) {
        gate.backward(byInput, inputGradient);
      } else {
        Rows.add(byInput, inputGradient);
      }
    }
    return inputGradient;
  }

  @Override
  public void blank(int i) {
    Rows.clear(embeddings, i);
    if (gate != null) {
      gate.blank(i);
    }
    blocks.forEach(block -> block.blank(i));
  }

  @Override
  public void drain(float[] gradient) {
    if (gate != null) {
      gate.drain(gradient);
    }
    blocks.forEach(block -> block.drain(gradient));
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public float[] running() {
    return BatchNorm.joined(blocks.stream().map(FactorizedBlock::running).toList());
  }

  @Override
  public void running(float[] all) {
    int at = 0;
    for (FactorizedBlock block : blocks) {
      at = block.running(all, at);
    }
  }
}
