package io.freshet.model.network;

import io.freshet.model.NetworkSettings;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.Layers;
import io.freshet.model.layer.OutputUnit;
import io.freshet.model.layer.Rows;
import io.freshet.model.layer.SoftmaxLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ejml.data.FMatrixRMaj;

/**
 * Experts that several tasks share, each task by a gate of its own (MMoE, Ma et al. 2018, KDD). Of
 * the embeddings x, with the model's hidden layers as each expert h_e:
 *
 * <pre>
 * p = softmax(x · G_t + b_t)         the gate of task t, one share an expert
 * z_t = out_t(tower_t(Σ p_e h_e(x))) the task's hidden layers, where it has any, and output unit
 * </pre>
 *
 * A task that an example does not need mixes nothing of it, and nothing comes back.
 */
final class ExpertMixture implements TaskNetworks {
  private static final String EXPERT = "expert.";
  private static final String GATE = "gate";
  private static final String TOWER = "tower";
  private static final String OUT = "out";

  private final List<HiddenLayers> experts = new ArrayList<>();
  private final List<FMatrixRMaj> units = new ArrayList<>(); // of each expert
  private final List<FMatrixRMaj> unitGradients = new ArrayList<>();
  private final List<Tower> towers = new ArrayList<>();
  private final int width; // of an expert's units
  private final FMatrixRMaj inputGradients = new FMatrixRMaj(0, 0);
  private FMatrixRMaj embeddings; // of the last forward pass

  ExpertMixture(Networks.Parts parts) {
    NetworkSettings settings = parts.settings();
    int depth = settings.hiddenLayers().size();
    width = settings.hiddenLayers().get(depth - 1);
    int number = 0; // of layers whose units drop out
    for (int e = 0; e < count(settings); e++, number += depth) {
      List<Layer> shapes = parts.layers().group(EXPERT + e);
      experts.add(new HiddenLayers(shapes, parts.dropout(), number, parts.algebra()));
      units.add(new FMatrixRMaj(0, 0));
      unitGradients.add(new FMatrixRMaj(0, 0));
    }
    List<String> prefixes =
        Stream.concat(Stream.of(""), settings.tasks().stream().map(Towers::prefix)).toList();
    for (String prefix : prefixes) {
      towers.add(new Tower(parts, parts.layers().under(prefix), number));
      number += settings.sizes().list("tower-layers").size();
    }
  }

  static boolean isOf(NetworkSettings settings) {
    return count(settings) > 0 && !settings.tasks().isEmpty();
  }

  private static int count(NetworkSettings settings) {
    return settings.sizes().of("task-experts");
  }

  static List<Layer> experts(NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
    List<Layer> layers = new ArrayList<>();
    for (int e = 0; e < count(settings); e++) {
      List<Layer> of = hidden(EXPERT + e, inputs.units(), settings.hiddenLayers(), normalized);
      layers.add(of.get(0).from(Axis.EMBEDDINGS));
      layers.addAll(of.subList(1, of.size()));
    }
    return layers;
  }

  /** The layers that each task has. */
  static List<Layer> layersOfTask(
      NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
    List<Integer> hidden = settings.hiddenLayers();
    List<Integer> tower = settings.sizes().list("tower-layers");
    int mixed = hidden.get(hidden.size() - 1);
    List<Layer> layers = new ArrayList<>();
    layers.add(Layer.of(GATE, inputs.units(), count(settings)).from(Axis.EMBEDDINGS));
    layers.addAll(hidden(TOWER, mixed, tower, normalized));
    int last = tower.isEmpty() ? mixed : tower.get(tower.size() - 1);
    layers.add(Layer.of(OUT, last, 1).last());
    return layers;
  }

  private static List<Layer> hidden(String name, int in, List<Integer> units, boolean normalized) {
    List<Layer> layers = new ArrayList<>();
    int inputs = in;
    for (int out : units) {
      layers.add(Layer.of(name + "." + layers.size(), inputs, out).normalized(normalized));
      inputs = out;
    }
    return layers;
  }

  @Override
  public void values(float[] all) {
    experts.forEach(expert -> expert.values(all));
    towers.forEach(tower -> tower.values(all));
  }

  @Override
  public void forward(FMatrixRMaj embeddings, Needs needs, boolean training) {
    this.embeddings = embeddings;
    units.clear();
    experts.forEach(expert -> units.add(expert.forward(embeddings, training)));
    for (int t = 0; t < towers.size(); t++) {
      towers.get(t).forward(needs, t, training);
    }
  }

  @Override
  public float output(int task, int example) {
    return towers.get(task).output.data[example];
  }

  @Override
  public FMatrixRMaj backward(float[][] logitGradients, int examples, int inputs) {
    for (int i = 0; i < examples; i++) {
      if (Float.isNaN(logitGradients[0][i])) {
        blank(i);
      }
    }
    unitGradients.forEach(gradients -> Rows.zeros(gradients, examples, width));
    Rows.zeros(inputGradients, examples, inputs);
    for (int t = 0; t < towers.size(); t++) {
      towers.get(t).backward(logitGradients[t]);
    }
    for (int e = 0; e < experts.size(); e++) {
      Rows.add(experts.get(e).backward(unitGradients.get(e)), inputGradients);
    }
    return inputGradients;
  }

  private void blank(int i) {
    experts.forEach(expert -> expert.blank(i));
    towers.forEach(tower -> tower.blank(i));
  }

  @Override
  public void drain(float[] gradient) {
    experts.forEach(expert -> expert.drain(gradient));
    towers.forEach(tower -> tower.drain(gradient));
  }

  /** What one task makes of the experts. */
  private final class Tower {
    private final SoftmaxLayer gate;
    private final HiddenLayers hidden;
    private final OutputUnit out;
    private final FMatrixRMaj shares = new FMatrixRMaj(0, 0);
    private final FMatrixRMaj shareGradients = new FMatrixRMaj(0, 0);
    private final FMatrixRMaj mixed = new FMatrixRMaj(0, 0);
    private final FMatrixRMaj throughGate = new FMatrixRMaj(0, 0);
    private FMatrixRMaj output;

    Tower(Networks.Parts parts, Layers layers, int number) {
      gate = new SoftmaxLayer(layers.get(GATE), parts.algebra());
      hidden = new HiddenLayers(layers.group(TOWER), parts.dropout(), number, parts.algebra());
      out = new OutputUnit(layers.get(OUT), parts.algebra());
    }

    private void values(float[] all) {
      gate.values(all);
      hidden.values(all);
      out.values(all);
    }

    private void forward(Needs needs, int task, boolean training) {
      int m = embeddings.numRows;
      gate.forward(embeddings, shares);
      Rows.zeros(mixed, m, width);
      for (int i = 0; i < m; i++) {
        if (needs.of(i, task)) {
          mix(i);
        } else {
          Rows.clear(shares, i);
        }
      }
      output = out.forward(hidden.forward(mixed, training));
      for (int i = 0; i < m; i++) {
        if (!needs.of(i, task)) {
          Rows.clear(output, i);
        }
      }
    }

    private void mix(int i) {
      for (int e = 0; e < experts.size(); e++) {
        float share = shares.data[i * experts.size() + e];
        float[] of = units.get(e).data;
        for (int at = i * width; at < (i + 1) * width; at++) {
          mixed.data[at] += share * of[at];
        }
      }
    }

    private void backward(float[] logitGradients) {
      FMatrixRMaj mixedGradients = hidden.backward(out.backward(logitGradients));
      shareGradients.reshape(embeddings.numRows, experts.size());
      for (int i = 0; i < embeddings.numRows; i++) {
        unmix(i, mixedGradients.data);
      }
      gate.backward(embeddings, shareGradients, throughGate);
      Rows.add(throughGate, inputGradients);
    }

    private void unmix(int i, float[] gradients) {
      for (int e = 0; e < experts.size(); e++) {
        int expert = i * experts.size() + e;
        float share = shares.data[expert];
        float[] of = units.get(e).data;
        float[] to = unitGradients.get(e).data;
        float sum = 0;
        for (int at = i * width; at < (i + 1) * width; at++) {
          sum += gradients[at] * of[at];
          to[at] += share * gradients[at];
        }
        shareGradients.data[expert] = sum;
      }
    }

    private void blank(int i) {
      gate.blank(i);
      hidden.blank(i);
      out.blank(i);
    }

    private void drain(float[] gradient) {
      gate.drain(gradient);
      hidden.drain(gradient);
      out.drain(gradient);
    }
  }
}
