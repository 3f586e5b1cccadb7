package io.freshet.model.network;

import io.freshet.model.ModelKind;
import io.freshet.model.NetworkSettings;
import io.freshet.model.algebra.Sigmoid;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.BatchNorm;
import io.freshet.model.layer.FactorizedBlock;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.OutputUnit;
import io.freshet.model.layer.Rows;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * FinalNet (Zhu et al. 2023, SIGIR): one or two {@link FactorizedBlock}s over the embeddings, each
 * closed by an output unit; of two the mean counts. The first may see the embeddings twice, as they
 * are and times a {@link FieldGate}.
 *
 * <p><b>Distillation.</b> Two blocks learn from each other: to the loss of the whole logit z each
 * adds the cross-entropy of its own prediction, with z's as the label. With y_1 and y_2 the blocks'
 * outputs, (y_1 + y_2) / 2 what they add to z, and w the example's weight,
 *
 * <pre>
 * z_i = z - (y_1 + y_2) / 2 + y_i
 * gradient by y_i: g / 2 + w · (sigmoid(z_i) - sigmoid(z))
 * </pre>
 *
 * It moves the blocks alone: to the terms outside the dense part it is a constant.
 */
final class FinalNet implements DenseNetwork {
  static final String KEY = ModelKind.FINALNET.key();
  static final Networks.Form FORM =
      new Networks.Form() {
        @Override
        public List<Layer> layers(
            NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
          return FinalNet.layers(inputs, settings, normalized);
        }

        @Override
        public DenseNetwork network(Networks.Parts parts) {
          return new FinalNet(parts);
        }
      };

  private static final List<String> NAMES = List.of("first", "second");

  private final FieldGate gate; // null where there is none
  private final List<FactorizedBlock> blocks = new ArrayList<>();
  private final List<OutputUnit> units = new ArrayList<>();
  private final List<FMatrixRMaj> outputs = new ArrayList<>(); // of the last forward pass
  private final FMatrixRMaj output = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj inputGradient = new FMatrixRMaj(0, 0);
  private FMatrixRMaj embeddings;
  private float[] wholeLogits = new float[0];
  private float[] weights = new float[0];
  private float[] gradients = new float[0];

  private FinalNet(Networks.Parts parts) {
    gate = isGated(parts.settings()) ? new FieldGate(parts) : null;
    int number = 0;
    for (String name : NAMES) {
      if (parts.layers().has(name + ".out")) {
        blocks.add(
            new FactorizedBlock(name, parts.layers(), parts.dropout(), number, parts.algebra()));
        units.add(new OutputUnit(parts.layers().get(name + ".out"), parts.algebra()));
        number += parts.layers().group(name).size();
      }
    }
  }

  private static boolean isGated(NetworkSettings settings) {
    return settings.sizes().of("gated") > 0;
  }

  private static List<Layer> layers(
      NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
    List<Layer> layers = new ArrayList<>();
    List<List<Integer>> units =
        List.of(settings.hiddenLayers(), settings.sizes().list("second-layers"));
    if (isGated(settings)) {
      layers.add(FieldGate.layer(inputs));
    }
    for (int block = 0; block < NAMES.size() && !units.get(block).isEmpty(); block++) {
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
      layers.add(Layer.of(name + ".out", own.get(own.size() - 1), 1).last());
    }
    return layers;
  }

  @Override
  public void values(float[] all) {
    if (gate != null) {
      gate.values(all);
    }
    blocks.forEach(block -> block.values(all));
    units.forEach(unit -> unit.values(all));
  }

  @Override
  public FMatrixRMaj forward(FMatrixRMaj x, boolean training) {
    embeddings = x;
    outputs.clear();
    Rows.zeros(output, x.numRows, 1);
    for (int b = 0; b < blocks.size(); b++) {
      FMatrixRMaj input = b == 0 && gate != null ? gate.forward(x) : x;
      outputs.add(units.get(b).forward(blocks.get(b).forward(input, training)));
      Rows.add(outputs.get(b), output);
    }
    for (int i = 0; i < x.numRows; i++) {
      output.data[i] /= blocks.size();
    }
    return output;
  }

  @Override
  public boolean isTaught() {
    return blocks.size() > 1;
  }

  @Override
  public void teach(float[] logits, float[] weightsOfExamples) {
    wholeLogits = logits;
    weights = weightsOfExamples;
  }

  @Override
  public FMatrixRMaj backward(float[] logitGradients) {
    for (int i = 0; i < embeddings.numRows; i++) {
      if (Float.isNaN(logitGradients[i])) {
        blank(i);
      }
    }
    Rows.zeros(inputGradient, embeddings.numRows, embeddings.numCols);
    for (int b = 0; b < blocks.size(); b++) {
      FMatrixRMaj byUnits = units.get(b).backward(gradients(logitGradients, outputs.get(b)));
      FMatrixRMaj byInput = blocks.get(b).backward(byUnits);
      if (b == 0 && gate != null) {
        gate.backward(byInput, inputGradient);
      } else {
        Rows.add(byInput, inputGradient);
      }
    }
    return inputGradient;
  }

  /** By the output of a block. */
  private float[] gradients(float[] logitGradients, FMatrixRMaj own) {
    int m = embeddings.numRows;
    if (gradients.length < m) {
      gradients = new float[2 * m];
    }
    for (int i = 0; i < m; i++) {
      gradients[i] = logitGradients[i] / blocks.size();
      if (isTaught() && i < weights.length && weights[i] != 0) {
        float z = wholeLogits[i];
        gradients[i] += weights[i] * (Sigmoid.of(z - output.data[i] + own.data[i]) - Sigmoid.of(z));
      }
    }
    return gradients;
  }

  private void blank(int i) {
    Rows.clear(embeddings, i);
    if (gate != null) {
      gate.blank(i);
    }
    blocks.forEach(block -> block.blank(i));
    units.forEach(unit -> unit.blank(i));
  }

  @Override
  public void drain(float[] gradient) {
    if (gate != null) {
      gate.drain(gradient);
    }
    blocks.forEach(block -> block.drain(gradient));
    units.forEach(unit -> unit.drain(gradient));
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
