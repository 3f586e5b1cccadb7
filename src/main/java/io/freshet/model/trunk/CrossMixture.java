package io.freshet.model.trunk;

import io.freshet.model.NetworkSettings;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.LinearLayer;
import io.freshet.model.layer.RowMap;
import io.freshet.model.layer.Rows;
import io.freshet.model.layer.SoftmaxLayer;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * The map of a cross layer as a mixture of low-rank experts (DCN-V2, Wang et al. 2021, arXiv
 * 2008.13535, equations 3 and 4).
 *
 * <pre>
 * h = tanh(x · V)                    all experts' V [in, r] side by side
 * c_e = tanh(h_e · C_e)              [r, r] for each expert e
 * p = softmax(x · G + b)             the gates, of this layer alone
 * z = [p_1 c_1, p_2 c_2, …] · U + b  all experts' U [r, in] one below the other
 * </pre>
 *
 * The gates add up to 1, so one bias stands for all experts', and x₀ ⊙ z is the mixture of what
 * each expert gives.
 */
final class CrossMixture implements RowMap {
  private final int rank;
  private final int experts;
  private final LinearLayer down;
  private final SoftmaxLayer gate;
  private final LinearLayer up;
  private final List<LinearLayer> cores = new ArrayList<>();

  private final FMatrixRMaj h = new FMatrixRMaj(0, 0);
  private final List<FMatrixRMaj> parts = new ArrayList<>(); // h_e
  private final List<FMatrixRMaj> mapped = new ArrayList<>(); // c_e
  private final FMatrixRMaj p = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj mixed = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj mixedGradient = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj coreGradient = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj partGradient = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj gateGradient = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj throughGate = new FMatrixRMaj(0, 0);

  CrossMixture(String name, Trunks.Parts network) {
    rank = network.settings().sizes().of("low-rank");
    experts = network.settings().sizes().of("experts");
    down = layer(name + ".down", network);
    gate = new SoftmaxLayer(network.layers().get(name + ".gate"), network.algebra());
    up = layer(name + ".up", network);
    for (int e = 0; e < experts; e++) {
      cores.add(layer(name + ".core." + e, network));
      parts.add(new FMatrixRMaj(0, 0));
      mapped.add(new FMatrixRMaj(0, 0));
    }
  }

  private static LinearLayer layer(String name, Trunks.Parts network) {
    return new LinearLayer(network.layers().get(name), network.algebra());
  }

  static boolean isOf(NetworkSettings settings) {
    return settings.sizes().of("low-rank") > 0;
  }

  static List<Layer> layers(String name, int in, NetworkSettings settings) {
    int rank = settings.sizes().of("low-rank");
    int experts = settings.sizes().of("experts");
    List<Layer> layers = new ArrayList<>();
    layers.add(Layer.of(name + ".down", in, experts * rank).unbiased().from(Axis.EMBEDDINGS));
    for (int e = 0; e < experts; e++) {
      layers.add(Layer.of(name + ".core." + e, rank, rank).unbiased());
    }
    layers.add(Layer.of(name + ".gate", in, experts).from(Axis.EMBEDDINGS));
    layers.add(Layer.of(name + ".up", experts * rank, in).to(Axis.EMBEDDINGS));
    return layers;
  }

  @Override
  public void values(float[] all) {
    down.values(all);
    cores.forEach(core -> core.values(all));
    gate.values(all);
    up.values(all);
  }

  @Override
  public void forward(FMatrixRMaj x, FMatrixRMaj y) {
    int m = x.numRows;
    down.forward(x, h);
    tanh(h);
    gate.forward(x, p);
    mixed.reshape(m, experts * rank);
    for (int e = 0; e < experts; e++) {
      FMatrixRMaj part = parts.get(e);
      FMatrixRMaj c = mapped.get(e);
      part.reshape(m, rank);
      Rows.columns(h, e * rank, part);
      cores.get(e).forward(part, c);
      tanh(c);
      for (int i = 0; i < m; i++) {
        for (int d = 0; d < rank; d++) {
          mixed.data[i * mixed.numCols + e * rank + d] =
              p.data[i * experts + e] * c.data[i * rank + d];
        }
      }
    }
    up.forward(mixed, y);
  }

  @Override
  public void backward(FMatrixRMaj x, FMatrixRMaj dy, FMatrixRMaj dx) {
    int m = x.numRows;
    up.backward(mixed, dy, mixedGradient);
    gateGradient.reshape(m, experts);
    for (int e = 0; e < experts; e++) {
      throughCore(e, m);
    }
    derive(mixedGradient, h);
    down.backward(x, mixedGradient, dx);
    gate.backward(x, gateGradient, throughGate);
    Rows.add(throughGate, dx);
  }

  /** Replaces the expert's columns of the mixed gradient by those of the gradient by h. */
  private void throughCore(int e, int m) {
    FMatrixRMaj c = mapped.get(e);
    coreGradient.reshape(m, rank);
    Rows.columns(mixedGradient, e * rank, coreGradient);
    for (int i = 0; i < m; i++) {
      float sum = 0;
      for (int d = 0; d < rank; d++) {
        int at = i * rank + d;
        sum += coreGradient.data[at] * c.data[at];
        coreGradient.data[at] *= p.data[i * experts + e];
      }
      gateGradient.data[i * experts + e] = sum;
    }
    derive(coreGradient, c);
    cores.get(e).backward(parts.get(e), coreGradient, partGradient);
    for (int i = 0; i < m; i++) {
      System.arraycopy(
          partGradient.data,
          i * rank,
          mixedGradient.data,
          i * mixedGradient.numCols + e * rank,
          rank);
    }
  }

  @Override
  public void blank(int i) {
    Rows.clear(h, i);
    Rows.clear(mixed, i);
    down.blank(i);
    gate.blank(i);
    up.blank(i);
    for (int e = 0; e < experts; e++) {
      Rows.clear(parts.get(e), i);
      Rows.clear(mapped.get(e), i);
      cores.get(e).blank(i);
    }
  }

  @Override
  public void drain(float[] all) {
    down.drain(all);
    cores.forEach(core -> core.drain(all));
    gate.drain(all);
    up.drain(all);
  }

  private static void tanh(FMatrixRMaj x) {
    for (int i = 0; i < x.getNumElements(); i++) {
      x.data[i] = (float) (2 / (1 + Math.exp(-2.0 * x.data[i])) - 1);
    }
  }

  /** From the gradient by tanh to that by what it was taken of. */
  private static void derive(FMatrixRMaj gradient, FMatrixRMaj tanh) {
    for (int i = 0; i < gradient.getNumElements(); i++) {
      gradient.data[i] *= 1 - tanh.data[i] * tanh.data[i];
    }
  }
}
