package io.freshet.model.network;

import io.freshet.model.NetworkSettings;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.Rows;
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
 */
final class ExpertMixture implements TaskNetworks {
  private static final String EXPERT = "expert.";

  private final List<HiddenLayers> experts = new ArrayList<>();
  private final List<FMatrixRMaj> units = new ArrayList<>(); // of each expert
  private final List<FMatrixRMaj> unitGradients = new ArrayList<>();
  private final List<GatedTower> towers = new ArrayList<>();
  private final int width; // of an expert's units
  private final FMatrixRMaj inputGradients = new FMatrixRMaj(0, 0);

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
      towers.add(new GatedTower(parts, parts.layers().under(prefix), number));
      number += settings.sizes().list("tower-layers").size();
    }
  }

  static boolean isOf(NetworkSettings settings) {
    return count(settings) > 0 && !settings.tasks().isEmpty();
  }

  static int count(NetworkSettings settings) {
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

  /** Hidden layers of a name, not placed yet. */
  static List<Layer> hidden(String name, int in, List<Integer> units, boolean normalized) {
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
    units.clear();
    experts.forEach(expert -> units.add(expert.forward(embeddings, training)));
    for (int t = 0; t < towers.size(); t++) {
      int task = t;
      towers.get(t).forward(embeddings, units, i -> needs.of(i, task), training);
    }
  }

  @Override
  public float output(int task, int example) {
    return towers.get(task).output(example);
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
      towers.get(t).backward(logitGradients[t], unitGradients, inputGradients);
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
}
