package io.freshet.model.trunk;

import io.freshet.model.NetworkSettings;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.LinearLayer;
import io.freshet.model.layer.RowMap;
import io.freshet.model.layer.Rows;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * Cross layers and hidden layers, where there are any: in parallel, as two branches, or stacked,
 * with the hidden layers over what the cross layers give (DCN-V2, Wang et al. 2021, arXiv
 * 2008.13535, section 3.3).
 */
final class CrossAndDeep implements Trunk {
  static final Trunks.Form FORM =
      new Trunks.Form() {
        @Override
        public List<Layer> layers(
            NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
          List<Layer> layers = crossLayers(inputs.units(), settings);
          layers.addAll(deepLayers(inputs.units(), settings.hiddenLayers(), normalized));
          return layers;
        }

        @Override
        public List<Branch> branches(NetworkInputs inputs, NetworkSettings settings) {
          List<Integer> hidden = settings.hiddenLayers();
          List<Branch> branches = new ArrayList<>();
          if (settings.crossLayers() > 0 && !isStacked(settings)) {
            branches.add(new Branch(CROSS_OUT, inputs.units(), Axis.EMBEDDINGS));
          }
          if (!hidden.isEmpty()) {
            branches.add(new Branch(DEEP_OUT, hidden.get(hidden.size() - 1), Axis.UNITS));
          }
          return branches;
        }

        @Override
        public Trunk trunk(Trunks.Parts parts, int firstNumber) {
          return new CrossAndDeep(parts, firstNumber);
        }
      };

  private static final String CROSS = "cross";
  private static final String DEEP = "deep";
  private static final String CROSS_OUT = "cross.out";
  private static final String DEEP_OUT = "deep.out";

  private final boolean stacked;
  private final boolean crosses; // in parallel
  private final int depth;
  private final CrossNetwork cross;
  private final HiddenLayers hidden;
  private final FMatrixRMaj inputGradient = new FMatrixRMaj(0, 0);

  private CrossAndDeep(Trunks.Parts parts, int firstNumber) {
    stacked = isStacked(parts.settings());
    crosses = parts.settings().crossLayers() > 0 && !stacked;
    depth = parts.settings().hiddenLayers().size();
    cross = new CrossNetwork(maps(parts));
    hidden =
        new HiddenLayers(parts.layers().group(DEEP), parts.dropout(), firstNumber, parts.algebra());
  }

  private static boolean isStacked(NetworkSettings settings) {
    return settings.sizes().of("stacked") > 0 && !settings.hiddenLayers().isEmpty();
  }

  private static List<Layer> crossLayers(int in, NetworkSettings settings) {
    List<Layer> layers = new ArrayList<>();
    for (int l = 0; l < settings.crossLayers(); l++) {
      String name = CROSS + "." + l;
      if (CrossMixture.isOf(settings)) {
        layers.addAll(CrossMixture.layers(name, in, settings));
      } else {
        layers.add(Layer.of(name, in, in).from(Axis.EMBEDDINGS).to(Axis.EMBEDDINGS));
      }
    }
    if (!layers.isEmpty() && !isStacked(settings)) {
      layers.add(Layer.of(CROSS_OUT, in, 1).from(Axis.EMBEDDINGS).last());
    }
    return layers;
  }

  private static List<Layer> deepLayers(int in, List<Integer> units, boolean normalized) {
    List<Layer> layers = new ArrayList<>();
    int inputs = in;
    for (int l = 0; l < units.size(); l++) {
      Layer layer = Layer.of(DEEP + "." + l, inputs, units.get(l)).normalized(normalized);
      layers.add(l == 0 ? layer.from(Axis.EMBEDDINGS) : layer);
      inputs = layer.out();
    }
    if (!units.isEmpty()) {
      layers.add(Layer.of(DEEP_OUT, inputs, 1).last());
    }
    return layers;
  }

  private static List<RowMap> maps(Trunks.Parts parts) {
    List<RowMap> maps = new ArrayList<>();
    for (int l = 0; l < parts.settings().crossLayers(); l++) {
      String name = CROSS + "." + l;
      maps.add(
          CrossMixture.isOf(parts.settings())
              ? new CrossMixture(name, parts)
              : new LinearLayer(parts.layers().get(name), parts.algebra()));
    }
    return maps;
  }

  @Override
  public void values(float[] all) {
    cross.values(all);
    hidden.values(all);
  }

  @Override
  public List<FMatrixRMaj> forward(FMatrixRMaj embeddings, boolean training) {
    FMatrixRMaj crossed = cross.forward(embeddings);
    List<FMatrixRMaj> units = new ArrayList<>();
    if (crosses) {
      units.add(crossed);
    }
    if (depth > 0) {
      units.add(hidden.forward(stacked ? crossed : embeddings, training));
    }
    return units;
  }

  @Override
  public FMatrixRMaj backward(List<FMatrixRMaj> gradients) {
    FMatrixRMaj deep = depth == 0 ? null : hidden.backward(gradients.get(gradients.size() - 1));
    if (stacked) {
      return cross.backward(deep);
    } else if (!crosses) {
      return deep;
    }
    FMatrixRMaj crossed = cross.backward(gradients.get(0));
    if (deep == null) {
      return crossed;
    }
    inputGradient.setTo(crossed);
    Rows.add(deep, inputGradient);
    return inputGradient;
  }

  @Override
  public void blank(int i) {
    cross.blank(i);
    if (depth > 0) {
      hidden.blank(i);
    }
  }

  @Override
  public void drain(float[] gradient) {
    cross.drain(gradient);
    hidden.drain(gradient);
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public float[] running() {
    return hidden.running();
  }

  @Override
  public void running(float[] all) {
    hidden.running(all, 0);
  }
}
