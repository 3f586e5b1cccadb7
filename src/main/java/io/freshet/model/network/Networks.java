package io.freshet.model.network;

import io.freshet.model.NetworkSettings;
import io.freshet.model.algebra.LinearAlgebra;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.Dropout;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The forms of dense parts: what layers each has, and the class that computes them. */
public final class Networks {
  /** One form. */
  interface Form {
    /** Its layers, not placed yet. */
    List<Layer> layers(NetworkInputs inputs, NetworkSettings settings, boolean normalized);

    DenseNetwork network(Parts parts);
  }

  /**
   * What a network is made of.
   *
   * @param indexes of fields, by their numbers
   */
  public record Parts(
      NetworkInputs inputs,
      int[] indexes,
      NetworkSettings settings,
      Layers layers,
      Dropout dropout,
      LinearAlgebra algebra) {
    /** The same of a task in addition to the first. */
    Parts of(String task, Dropout own) {
      return new Parts(inputs, indexes, settings, layers.under(Towers.prefix(task)), own, algebra);
    }

    Parts with(Dropout own) {
      return new Parts(inputs, indexes, settings, layers, own, algebra);
    }
  }

  private static final Map<String, Form> FORMS =
      Map.of(
          NetworkSettings.PLAIN,
          CrossAndDeep.FORM,
          FinalMlp.KEY,
          FinalMlp.FORM,
          FinalNet.KEY,
          FinalNet.FORM);

  private Networks() {}

  /**
   * The layers of a dense part, then those by which its inputs come about, then those of tasks in
   * addition to the first; none where a model has none.
   *
   * @param normalized whether hidden layers are batch-normalized
   */
  public static Layers layers(NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
    boolean mixes = ExpertMixture.isOf(settings);
    List<Layer> ofTask =
        mixes
            ? GatedTower.layers(inputs, settings, normalized)
            : form(settings).layers(inputs, settings, normalized);
    List<Layer> layers = new ArrayList<>();
    if (mixes) {
      layers.addAll(ExpertMixture.experts(inputs, settings, normalized));
    }
    layers.addAll(ofTask);
    layers.addAll(inputs.layers());
    for (String task : settings.tasks()) {
      ofTask.forEach(layer -> layers.add(layer.named(Towers.prefix(task) + layer.name())));
    }
    return Layers.of(layers);
  }

  public static DenseNetwork of(Parts parts) {
    return form(parts.settings()).network(parts);
  }

  /** The networks of several tasks. */
  public static TaskNetworks ofTasks(Parts parts) {
    return ExpertMixture.isOf(parts.settings()) ? new ExpertMixture(parts) : new Towers(parts);
  }

  private static Form form(NetworkSettings settings) {
    Form form = FORMS.get(settings.form());
    if (form == null) {
      throw new IllegalArgumentException("no dense part is of the form " + settings.form());
    }
    return form;
  }
}
