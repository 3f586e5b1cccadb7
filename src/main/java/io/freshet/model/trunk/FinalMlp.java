package io.freshet.model.trunk;

import io.freshet.model.ModelKind;
import io.freshet.model.NetworkSettings;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.BatchNorm;
import io.freshet.model.layer.HiddenLayers;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.Rows;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * FinalMLP (Mao et al. 2023, arXiv 2304.00902): two streams of hidden layers, each over embeddings
 * that a {@link FeatureGate} of its own has weighed, and the products of a {@link BilinearFusion}
 * of what they give. Its branches are the streams x and y and the products p:
 *
 * <pre>
 * b + w_x · x + w_y · y + Σ p_h
 * </pre>
 */
final class FinalMlp implements Trunk {
  static final String KEY = ModelKind.FINALMLP.key();
  static final Trunks.Form FORM =
      new Trunks.Form() {
        @Override
        public List<Layer> layers(
            NetworkInputs inputs, NetworkSettings settings, boolean normalized) {
          List<Layer> layers = new ArrayList<>();
          for (Stream stream : Stream.values()) {
            layers.addAll(FeatureGate.layers(stream.key, inputs, settings.sizes()));
            layers.addAll(stream.layers(inputs.units(), settings, normalized));
          }
          layers.addAll(
              BilinearFusion.layers(
                  last(Stream.FIRST.units(settings)),
                  last(Stream.SECOND.units(settings)),
                  settings.sizes().of("heads")));
          return layers;
        }

        @Override
        public List<Branch> branches(NetworkInputs inputs, NetworkSettings settings) {
          return BilinearFusion.branches(
              last(Stream.FIRST.units(settings)),
              last(Stream.SECOND.units(settings)),
              settings.sizes().of("heads"));
        }

        @Override
        public Trunk trunk(Trunks.Parts parts, int firstNumber) {
          return new FinalMlp(parts, firstNumber);
        }
      };

  private enum Stream {
    FIRST("first"),
    SECOND("second");

    private final String key;

    Stream(String key) {
      this.key = key;
    }

    private List<Integer> units(NetworkSettings settings) {
      return this == FIRST ? settings.hiddenLayers() : settings.sizes().list("second-layers");
    }

    private List<Layer> layers(int in, NetworkSettings settings, boolean normalized) {
      List<Layer> layers = new ArrayList<>();
      int inputs = in;
      for (int units : units(settings)) {
        Layer layer =
            Layer.of("%s.%s".formatted(key, layers.size()), inputs, units).normalized(normalized);
        layers.add(layers.isEmpty() ? layer.from(Axis.EMBEDDINGS) : layer);
        inputs = units;
      }
      return layers;
    }
  }

  private final List<FeatureGate> gates = new ArrayList<>();
  private final List<HiddenLayers> streams = new ArrayList<>();
  private final BilinearFusion fusion;
  private final int depth;
  private final FMatrixRMaj inputGradient = new FMatrixRMaj(0, 0);
  private FMatrixRMaj embeddings; // of the last forward pass

  private FinalMlp(Trunks.Parts parts, int firstNumber) {
    int number = firstNumber;
    for (Stream stream : Stream.values()) {
      gates.add(new FeatureGate(stream.key, parts));
      List<Layer> layers = parts.layers().group(stream.key);
      streams.add(new HiddenLayers(layers, parts.dropout(), number, parts.algebra()));
      number += layers.size();
    }
    depth = number - firstNumber;
    fusion = new BilinearFusion(parts);
  }

  private static int last(List<Integer> units) {
    return units.get(units.size() - 1);
  }

  @Override
  public void values(float[] all) {
    gates.forEach(gate -> gate.values(all));
    streams.forEach(stream -> stream.values(all));
    fusion.values(all);
  }

  @Override
  public List<FMatrixRMaj> forward(FMatrixRMaj x, boolean training) {
    embeddings = x;
    FMatrixRMaj first = streams.get(0).forward(gates.get(0).forward(x), training);
    FMatrixRMaj second = streams.get(1).forward(gates.get(1).forward(x), training);
    return List.of(first, second, fusion.forward(first, second));
  }

  @Override
  public FMatrixRMaj backward(List<FMatrixRMaj> gradients) {
    fusion.backward(gradients.get(2), gradients.get(0), gradients.get(1));
    Rows.zeros(inputGradient, embeddings.numRows, embeddings.numCols);
    for (int s = 0; s < streams.size(); s++) {
      gates.get(s).backward(streams.get(s).backward(gradients.get(s)), inputGradient);
    }
    return inputGradient;
  }

  @Override
  public void blank(int i) {
    Rows.clear(embeddings, i);
    gates.forEach(gate -> gate.blank(i));
    streams.forEach(stream -> stream.blank(i));
    fusion.blank(i);
  }

  @Override
  public void drain(float[] gradient) {
    gates.forEach(gate -> gate.drain(gradient));
    streams.forEach(stream -> stream.drain(gradient));
    fusion.drain(gradient);
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public float[] running() {
    return BatchNorm.joined(streams.stream().map(HiddenLayers::running).toList());
  }

  @Override
  public void running(float[] all) {
    streams.get(1).running(all, streams.get(0).running(all, 0));
  }
}
