package io.freshet.model.network;

import io.freshet.model.NetworkSettings;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layers;
import io.freshet.model.trunk.Trunks;
import java.util.ArrayList;
import java.util.List;

/** Dense parts: what layers each has, and the class that computes them. */
public final class Networks {
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
            : Trunks.form(settings).layers(inputs, settings, normalized);
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

  public static DenseNetwork of(Trunks.Parts parts) {
    return new TrunkNetwork(Trunks.form(parts.settings()), parts);
  }

  /** The networks of several tasks. */
  public static TaskNetworks ofTasks(Trunks.Parts parts) {
    return ExpertMixture.isOf(parts.settings()) ? new ExpertMixture(parts) : new Towers(parts);
  }
}
