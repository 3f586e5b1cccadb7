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
import io.freshet.model.trunk.Trunk.Branch;
import io.freshet.model.trunk.Trunks;
import io.freshet.model.trunk.Trunks.Parts;
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
  private List<List<FMatrixRMaj>> units; // of each expert, branch by branch
  private FMatrixRMaj output;

  /**
   * A tower.
   *
   * @param layers of the task
   * @param firstNumber how many layers of the model have units that drop out before these
   */
  GatedTower(Parts parts, Layers layers, int firstNumber) {
    gate = new SoftmaxLayer(layers.get(GATE), parts.algebra());
    hidden = new HiddenLayers(layers.group(TOWER), parts.dropout(), firstNumber, parts.algebra());
    out = new OutputUnit(layers.get(OUT), parts.algebra());
  }

  static List<Layer> layers(NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
    List<Branch> branches = Trunks.form(settings).branches(inputs, settings);
    int units = branches.stream().mapToInt(Branch::units).sum();
    Axis axis = Branch.axis(branches);
    List<Layer> layers = new ArrayList<>();
    layers.add(Layer.of(GATE, inputs.units(), ExpertMixture.count(settings)).from(Axis.EMBEDDINGS));
    for (int out : settings.sizes().list("tower-layers")) {
      String name = TOWER + "." + (layers.size() - 1);
      layers.add(Layer.of(name, units, out).normalized(normalized).from(axis));
      units = out;
      axis = Axis.UNITS;
    }
    layers.add(Layer.of(OUT, units, 1).last().from(axis));
    return layers;
  }

  void values(float[] all) {
    gate.values(all);
    hidden.values(all);
    out.values(all);
  }

  void forward(
      FMatrixRMaj embeddings, List<List<FMatrixRMaj>> units, IntPredicate needs, boolean training) {
    this.embeddings = embeddings;
    this.units = units;
    int m = embeddings.numRows;
    gate.forward(embeddings, shares);
    Rows.zeros(mixed, m, units.get(0).stream().mapToInt(branch -> branch.numCols).sum());
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
      int to = i * mixed.numCols;
      for (FMatrixRMaj branch : units.get(e)) {
        int from = i * branch.numCols;
        for (int d = 0; d < branch.numCols; d++) {
          mixed.data[to + d] += share * branch.data[from + d];
        }
        to += branch.numCols;
      }
    }
  }

  /** Adds the parameters' gradients, and those by the experts' units and by the embeddings. */
  void backward(
      float[] logitGradients, List<List<FMatrixRMaj>> unitGradients, FMatrixRMaj inputGradients) {
    FMatrixRMaj mixedGradients = hidden.backward(out.backward(logitGradients));
    shareGradients.reshape(embeddings.numRows, units.size());
    for (int i = 0; i < embeddings.numRows; i++) {
      for (int e = 0; e < units.size(); e++) {
        unmix(i, e, mixedGradients, unitGradients.get(e));
      }
    }
    gate.backward(embeddings, shareGradients, throughGate);
    Rows.add(throughGate, inputGradients);
  }

  private void unmix(int i, int e, FMatrixRMaj gradients, List<FMatrixRMaj> byUnits) {
    int expert = i * units.size() + e;
    float share = shares.data[expert];
    float sum = 0;
    int from = i * mixed.numCols;
    for (int b = 0; b < byUnits.size(); b++) {
      float[] of = units.get(e).get(b).data;
      float[] to = byUnits.get(b).data;
      int n = byUnits.get(b).numCols;
      for (int d = 0; d < n; d++) {
        sum += gradients.data[from + d] * of[i * n + d];
        to[i * n + d] += share * gradients.data[from + d];
      }
      from += n;
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
