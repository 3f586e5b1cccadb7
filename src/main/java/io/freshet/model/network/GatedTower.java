package io.freshet.model.network;

import io.freshet.model.NetworkSettings;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.Layers;
import io.freshet.model.layer.OutputUnit;
import io.freshet.model.layer.Rows;
import io.freshet.model.layer.SoftmaxLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.ejml.data.FMatrixRMaj;

/**
 * What one task makes of the units of experts: see {@link ExpertMixture}. Of an example that does
 * not need the task it mixes nothing, and nothing comes back.
 */
final class GatedTower {
  private static final String GATE = "gate";
  private static final String TOWER = "tower";
  private static final String OUT = "out";

  private final SoftmaxLayer gate;
  private final HiddenLayers hidden;
  private final OutputUnit out;
  private final FMatrixRMaj shares = new FMatrixRMaj(0, 0); // of each expert
  private final FMatrixRMaj shareGradients = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj mixed = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj throughGate = new FMatrixRMaj(0, 0);

  private FMatrixRMaj embeddings; // of the last forward pass, as are those below
  private List<FMatrixRMaj> units;
  private FMatrixRMaj output;

  /**
   * A tower.
   *
   * @param layers of the task
   * @param firstNumber how many layers of the model have units that drop out before these
   */
  GatedTower(Networks.Parts parts, Layers layers, int firstNumber) {
    gate = new SoftmaxLayer(layers.get(GATE), parts.algebra());
    hidden = new HiddenLayers(layers.group(TOWER), parts.dropout(), firstNumber, parts.algebra());
    out = new OutputUnit(layers.get(OUT), parts.algebra());
  }

  static List<Layer> layers(NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
    List<Integer> hidden = settings.hiddenLayers();
    List<Integer> tower = settings.sizes().list("tower-layers");
    int mixed = hidden.get(hidden.size() - 1);
    int last = tower.isEmpty() ? mixed : tower.get(tower.size() - 1);
    List<Layer> layers = new ArrayList<>();
    layers.add(Layer.of(GATE, inputs.units(), ExpertMixture.count(settings)).from(Axis.EMBEDDINGS));
    layers.addAll(ExpertMixture.hidden(TOWER, mixed, tower, normalized));
    layers.add(Layer.of(OUT, last, 1).last());
    return layers;
  }

  void values(float[] all) {
    gate.values(all);
    hidden.values(all);
    out.values(all);
  }

  void forward(
      FMatrixRMaj embeddings, List<FMatrixRMaj> units, IntPredicate needs, boolean training) {
    this.embeddings = embeddings;
    this.units = units;
    int m = embeddings.numRows;
    gate.forward(embeddings, shares);
    Rows.zeros(mixed, m, units.get(0).numCols);
    for (int i = 0; i < m; i++) {
      if (needs.test(i)) {
        mix(i);
      } else {
        Rows.clear(shares, i);
      }
    }
    output = out.forward(hidden.forward(mixed, training));
    for (int i = 0; i < m; i++) {
      if (!needs.test(i)) {
        Rows.clear(output, i);
      }
    }
  }

  float output(int example) {
    return output.data[example];
  }

  private void mix(int i) {
    for (int e = 0; e < units.size(); e++) {
      float share = shares.data[i * units.size() + e];
      float[] of = units.get(e).data;
      for (int at = i * mixed.numCols; at < (i + 1) * mixed.numCols; at++) {
        mixed.data[at] += share * of[at];
      }
    }
  }

  /** Adds the parameters' gradients, and those by the experts' units and by the embeddings. */
  void backward(
      float[] logitGradients, List<FMatrixRMaj> unitGradients, FMatrixRMaj inputGradients) {
    FMatrixRMaj mixedGradients = hidden.backward(out.backward(logitGradients));
    shareGradients.reshape(embeddings.numRows, units.size());
    for (int i = 0; i < embeddings.numRows; i++) {
      for (int e = 0; e < units.size(); e++) {
        unmix(i, e, mixedGradients.data, unitGradients.get(e).data);
      }
    }
    gate.backward(embeddings, shareGradients, throughGate);
    Rows.add(throughGate, inputGradients);
  }

  private void unmix(int i, int e, float[] from, float[] to) {
    int expert = i * units.size() + e;
    float share = shares.data[expert];
    float[] of = units.get(e).data;
    float sum = 0;
    for (int at = i * mixed.numCols; at < (i + 1) * mixed.numCols; at++) {
      sum += from[at] * of[at];
      to[at] += share * from[at];
    }
    shareGradients.data[expert] = sum;
  }

  void blank(int i) {
    gate.blank(i);
    hidden.blank(i);
    out.blank(i);
  }

  void drain(float[] gradient) {
    gate.drain(gradient);
    hidden.drain(gradient);
    out.drain(gradient);
  }
}
