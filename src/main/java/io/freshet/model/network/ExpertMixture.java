package io.freshet.model.network;

import io.freshet.model.NetworkSettings;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layers;
import io.freshet.model.layer.Rows;
import io.freshet.model.trunk.Trunk;
import io.freshet.model.trunk.Trunk.Branch;
import io.freshet.model.trunk.Trunks;
import io.freshet.model.trunk.Trunks.Form;
import io.freshet.model.trunk.Trunks.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ejml.data.FMatrixRMaj;

/**
 * Experts that several tasks share, each task by a gate of its own (MMoE, Ma et al. 2018, KDD). Of
 * the embeddings x, with the last units of a {@link Trunk} of the model's kind as each expert h_e:
 *
 * <pre>
 * p = softmax(x · G_t + b_t)         the gate of task t, one share an expert
 * z_t = out_t(tower_t(Σ p_e h_e(x))) the task's hidden layers, where it has any, and output unit
 * </pre>
 *
 * The layers of expert 0 are named {@code expert.0.cross.0}, and so on; hidden layers that have the
 * group {@code deep} elsewhere are numbered alone: {@code expert.0.0}.
 */
final class ExpertMixture implements TaskNetworks {
  private static final String HIDDEN = "deep.";

  private final List<Trunk> experts = new ArrayList<>();
  private final List<List<FMatrixRMaj>> units = new ArrayList<>(); // of each expert
  private final List<List<FMatrixRMaj>> unitGradients = new ArrayList<>();
  private final List<GatedTower> towers = new ArrayList<>();
  private final List<Branch> branches; // of an expert's units
  private final FMatrixRMaj inputGradients = new FMatrixRMaj(0, 0);

  ExpertMixture(Parts parts) {
    NetworkSettings settings = parts.settings();
    Form form = Trunks.form(settings);
    branches = form.branches(parts.inputs(), settings);
    int number = 0; // of layers whose units drop out
    for (int e = 0; e < count(settings); e++) {
      Trunk expert = form.trunk(parts.with(layers(e, parts.layers())), number);
      experts.add(expert);
      unitGradients.add(branches.stream().map(branch -> new FMatrixRMaj(0, 0)).toList());
      number += expert.depth();
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

  /** The layers of all experts, not placed yet: those of the form but for its output units. */
  static List<Layer> experts(NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
    Form form = Trunks.form(settings);
    List<String> outs = form.branches(inputs, settings).stream().map(Branch::out).toList();
    List<Layer> layers = new ArrayList<>();
    for (int e = 0; e < count(settings); e++) {
      for (Layer layer : form.layers(inputs, settings, normalized)) {
        if (!outs.contains(layer.name())) {
          String name = layer.name();
          String own = name.startsWith(HIDDEN) ? name.substring(HIDDEN.length()) : name;
          layers.add(layer.named(prefix(e) + own).notLast());
        }
      }
    }
    return layers;
  }

  /** The layers of one expert, by the names that they have in its form. */
  private static Layers layers(int expert, Layers all) {
    return new Layers(
        all.under(prefix(expert)).all().stream()
            .map(l -> l.name().matches("\\d+") ? l.named(HIDDEN + l.name()) : l)
            .toList());
  }

  private static String prefix(int expert) {
    return "expert.%s.".formatted(expert);
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
    for (List<FMatrixRMaj> gradients : unitGradients) {
      for (int b = 0; b < branches.size(); b++) {
        Rows.zeros(gradients.get(b), examples, branches.get(b).units());
      }
    }
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
