package io.freshet.model.trunk;

import io.freshet.model.Sizes;
import io.freshet.model.algebra.Sigmoid;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.Dropout;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.LinearLayer;
import io.freshet.model.layer.Rows;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * Weighs the embeddings x of all fields, number by number, for one stream of {@link FinalMlp}.
 *
 * <pre>
 * gate = 2 · sigmoid(W · layers(context) + b)     context: the embeddings of some fields
 * y = gate ⊙ x
 * </pre>
 *
 * Without such fields the gate is 2 · sigmoid(b), the same for all examples.
 */
final class FeatureGate {
  private static final String FIELDS = "-gate";
  private static final String LAYERS = "gate-layers";

  private final int size;
  private final int[] fields; // indexes of those in the context
  private final HiddenLayers hidden;
  private final LinearLayer last;
  private final FMatrixRMaj context = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj gate = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj gated = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj gateGradient = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj unitGradient = new FMatrixRMaj(0, 0);
  private FMatrixRMaj input; // of the last forward pass
  private FMatrixRMaj units;

  FeatureGate(String stream, Trunks.Parts parts) {
    String name = stream + ".gate";
    size = parts.inputs().embeddingSize();
    fields =
        parts.settings().sizes().list(stream + FIELDS).stream()
            .mapToInt(number -> parts.indexes()[number])
            .toArray();
    hidden = new HiddenLayers(parts.layers().group(name), Dropout.NONE, 0, parts.algebra());
    last = new LinearLayer(parts.layers().get(name + ".out"), parts.algebra());
  }

  static List<Layer> layers(String stream, NetworkInputs inputs, Sizes sizes) {
    List<Layer> layers = new ArrayList<>();
    int in = sizes.list(stream + FIELDS).size() * inputs.embeddingSize();
    for (int units : in == 0 ? List.<Integer>of() : sizes.list(LAYERS)) {
      layers.add(Layer.of("%s.gate.%s".formatted(stream, layers.size()), in, units));
      in = units;
    }
    layers.add(Layer.of(stream + ".gate.out", in, inputs.units()).to(Axis.EMBEDDINGS));
    return layers;
  }

  void values(float[] all) {
    hidden.values(all);
    last.values(all);
  }

  FMatrixRMaj forward(FMatrixRMaj x) {
    input = x;
    context.reshape(x.numRows, fields.length * size);
    for (int i = 0; i < x.numRows; i++) {
      for (int f = 0; f < fields.length; f++) {
        int from = i * x.numCols + fields[f] * size;
        System.arraycopy(x.data, from, context.data, i * context.numCols + f * size, size);
      }
    }
    units = hidden.forward(context, false);
    last.forward(units, gate);
    gated.reshape(x.numRows, x.numCols);
    for (int i = 0; i < x.getNumElements(); i++) {
      gate.data[i] = 2 * Sigmoid.of(gate.data[i]);
      gated.data[i] = gate.data[i] * x.data[i];
    }
    return gated;
  }

  /** Adds the gradients by the embeddings to {@code to}. */
  void backward(FMatrixRMaj gradient, FMatrixRMaj to) {
    gateGradient.reshape(input.numRows, input.numCols);
    for (int i = 0; i < input.getNumElements(); i++) {
      float g = gate.data[i];
      gateGradient.data[i] = gradient.data[i] * input.data[i] * g * (1 - g / 2);
      to.data[i] += gradient.data[i] * g;
    }
    last.backward(units, gateGradient, unitGradient);
    FMatrixRMaj byContext = hidden.backward(unitGradient);
    for (int i = 0; i < input.numRows; i++) {
      for (int f = 0; f < fields.length; f++) {
        for (int d = 0; d < size; d++) {
          to.data[i * input.numCols + fields[f] * size + d] +=
              byContext.data[i * byContext.numCols + f * size + d];
        }
      }
    }
  }

  void blank(int i) {
    Rows.clear(context, i);
    Rows.clear(gate, i);
    Rows.clear(gated, i);
    hidden.blank(i);
    last.blank(i);
  }

  void drain(float[] all) {
    hidden.drain(all);
    last.drain(all);
  }
}
