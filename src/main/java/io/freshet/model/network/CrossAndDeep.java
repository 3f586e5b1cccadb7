package io.freshet.model.network;

import io.freshet.model.NetworkSettings;
import io.freshet.model.algebra.LinearAlgebra;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.Layers;
import io.freshet.model.layer.LinearLayer;
import io.freshet.model.layer.OutputUnit;
import io.freshet.model.layer.RowMap;
import io.freshet.model.layer.Rows;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * Cross layers and hidden layers, where there are any, each closed by a linear output unit: in
 * parallel, or stacked, with the hidden layers over what the cross layers give and one output unit
 * (DCN-V2, Wang et al. 2021, arXiv 2008.13535, section 3.3).
 */
final class CrossAndDeep implements DenseNetwork {
  static final Networks.Form FORM =
      new Networks.Form() {
        @Override
        public List<Layer> layers(
            NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
          List<Layer> layers = crossLayers(inputs.units(), settings);
          layers.addAll(deepLayers(inputs.units(), settings.hiddenLayers(), normalized));
          return layers;
        }

        @Override
        public DenseNetwork network(Networks.Parts parts) {
          return new CrossAndDeep(parts);
        }
      };

  private static final String CROSS = "cross";
  private static final String CROSS_OUT = "cross.out";
  private static final String DEEP_OUT = "deep.out";

  private final boolean stacked;
  private final CrossNetwork cross;
  private final HiddenLayers hidden;
  private final OutputUnit crossOut; // null where there is none
  private final OutputUnit deepOut; // null where there is none
  private final FMatrixRMaj output = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj inputGradient = new FMatrixRMaj(0, 0);
  private int examples;

  private CrossAndDeep(Networks.Parts parts) {
    Layers layers = parts.layers();
    LinearAlgebra algebra = parts.algebra();
    stacked = isStacked(parts.settings());
    cross = new CrossNetwork(maps(parts));
    hidden = new HiddenLayers(layers.group("deep"), parts.dropout(), 0, algebra);
    crossOut = unit(CROSS_OUT, layers, algebra);
    deepOut = unit(DEEP_OUT, layers, algebra);
  }

  private static boolean isStacked(NetworkSettings settings) {
    return settings.sizes().of("stacked") > 0 && !settings.hiddenLayers().isEmpty();
  }

  private static OutputUnit unit(String name, Layers layers, LinearAlgebra algebra) {
    return layers.has(name) ? new OutputUnit(layers.get(name), algebra) : null;
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
      Layer layer = Layer.of("deep." + l, inputs, units.get(l)).normalized(normalized);
      layers.add(l == 0 ? layer.from(Axis.EMBEDDINGS) : layer);
      inputs = layer.out();
    }
    if (!units.isEmpty()) {
      layers.add(Layer.of(DEEP_OUT, inputs, 1).last());
    }
    return layers;
  }

  private static List<RowMap> maps(Networks.Parts parts) {
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
    if (crossOut != null) {
      crossOut.values(all);
    }
    if (deepOut != null) {
      deepOut.values(all);
    }
  }

  @Override
  public FMatrixRMaj forward(FMatrixRMaj embeddings, boolean training) {
    examples = embeddings.numRows;
    FMatrixRMaj crossed = cross.forward(embeddings);
    Rows.zeros(output, examples, 1);
    if (deepOut != null) {
      FMatrixRMaj units = hidden.forward(stacked ? crossed : embeddings, training);
      Rows.add(deepOut.forward(units), output);
    }
    if (crossOut != null) {
      Rows.add(crossOut.forward(crossed), output);
    }
    return output;
  }

  @Override
  public FMatrixRMaj backward(float[] logitGradients) {
    for (int i = 0; i < examples; i++) {
      if (Float.isNaN(logitGradients[i])) {
        blank(i);
      }
    }
    FMatrixRMaj deep = deepOut == null ? null : hidden.backward(deepOut.backward(logitGradients));
    if (stacked) {
      return cross.backward(deep);
    } else if (crossOut == null) {
      return deep;
    }
    FMatrixRMaj crossed = cross.backward(crossOut.backward(logitGradients));
    if (deep == null) {
      return crossed;
    }
    inputGradient.setTo(crossed);
    Rows.add(deep, inputGradient);
    return inputGradient;
  }

  private void blank(int i) {
    cross.blank(i);
    if (deepOut != null) {
      hidden.blank(i);
      deepOut.blank(i);
    }
    if (crossOut != null) {
      crossOut.blank(i);
    }
  }

  @Override
  public void drain(float[] gradient) {
    cross.drain(gradient);
    hidden.drain(gradient);
    if (crossOut != null) {
      crossOut.drain(gradient);
    }
    if (deepOut != null) {
      deepOut.drain(gradient);
    }
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
