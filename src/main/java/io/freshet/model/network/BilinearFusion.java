package io.freshet.model.network;

import io.freshet.model.layer.Layer;
import io.freshet.model.layer.LinearLayer;
import io.freshet.model.layer.OutputUnit;
import io.freshet.model.layer.Rows;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * One number of two streams' units (FinalMLP, Mao et al. 2023, arXiv 2304.00902, section
 * "Stream-level interaction aggregation"): both cut into heads of equal length.
 *
 * <pre>
 * b + w_x · x + w_y · y + Σ_h x_hᵀ · W_h · y_h
 *
 * for the gradient g by it, with t_h = x_h · W_h:
 * dy += g t_h,   dx_h and dW_h as those of a linear layer with the output gradient g y_h
 * </pre>
 */
final class BilinearFusion {
  private static final String FIRST = "fusion.first";
  private static final String SECOND = "fusion.second";
  private static final String HEAD = "fusion.head";

  private final OutputUnit first;
  private final OutputUnit second;
  private final List<Head> heads = new ArrayList<>();
  private final FMatrixRMaj output = new FMatrixRMaj(0, 0);
  private FMatrixRMaj firstGradient;
  private FMatrixRMaj secondGradient;

  private static final class Head {
    private final LinearLayer layer;
    private final FMatrixRMaj x = new FMatrixRMaj(0, 0);
    private final FMatrixRMaj y = new FMatrixRMaj(0, 0);
    private final FMatrixRMaj t = new FMatrixRMaj(0, 0);
    private final FMatrixRMaj scaled = new FMatrixRMaj(0, 0); // g y
    private final FMatrixRMaj dx = new FMatrixRMaj(0, 0);
    private final Layer shape;
    private final int number;

    Head(int number, Layer shape, LinearLayer layer) {
      this.number = number;
      this.shape = shape;
      this.layer = layer;
    }

    void addTo(FMatrixRMaj output, FMatrixRMaj xs, FMatrixRMaj ys) {
      x.reshape(xs.numRows, shape.in());
      y.reshape(xs.numRows, shape.out());
      Rows.columns(xs, number * shape.in(), x);
      Rows.columns(ys, number * shape.out(), y);
      layer.forward(x, t);
      for (int i = 0; i < xs.numRows; i++) {
        float sum = 0;
        for (int at = i * shape.out(); at < (i + 1) * shape.out(); at++) {
          sum += t.data[at] * y.data[at];
        }
        output.data[i] += sum;
      }
    }

    void backward(float[] logitGradients, FMatrixRMaj dxs, FMatrixRMaj dys) {
      scaled.reshape(y.numRows, shape.out());
      for (int i = 0; i < y.numRows; i++) {
        float g = Float.isNaN(logitGradients[i]) ? 0 : logitGradients[i];
        for (int d = 0; d < shape.out(); d++) {
          int at = i * shape.out() + d;
          scaled.data[at] = g * y.data[at];
          dys.data[i * dys.numCols + number * shape.out() + d] += g * t.data[at];
        }
      }
      layer.backward(x, scaled, dx);
      for (int i = 0; i < x.numRows; i++) {
        for (int d = 0; d < shape.in(); d++) {
          dxs.data[i * dxs.numCols + number * shape.in() + d] += dx.data[i * shape.in() + d];
        }
      }
    }

    void blank(int i) {
      Rows.clear(x, i);
      Rows.clear(y, i);
      Rows.clear(t, i);
      layer.blank(i);
    }
  }

  BilinearFusion(Networks.Parts parts) {
    first = new OutputUnit(parts.layers().get(FIRST), parts.algebra());
    second = new OutputUnit(parts.layers().get(SECOND), parts.algebra());
    for (Layer head : parts.layers().group(HEAD)) {
      heads.add(new Head(heads.size(), head, new LinearLayer(head, parts.algebra())));
    }
  }

  static List<Layer> layers(int firstUnits, int secondUnits, int heads) {
    List<Layer> layers = new ArrayList<>();
    layers.add(Layer.of(FIRST, firstUnits, 1).last());
    layers.add(Layer.of(SECOND, secondUnits, 1).unbiased().last());
    for (int head = 0; head < heads; head++) {
      String name = HEAD + "." + head;
      layers.add(Layer.of(name, firstUnits / heads, secondUnits / heads).unbiased().last());
    }
    return layers;
  }

  void values(float[] all) {
    first.values(all);
    second.values(all);
    heads.forEach(head -> head.layer.values(all));
  }

  FMatrixRMaj forward(FMatrixRMaj x, FMatrixRMaj y) {
    output.setTo(first.forward(x));
    Rows.add(second.forward(y), output);
    heads.forEach(head -> head.addTo(output, x, y));
    return output;
  }

  /** Adds the parameters' gradients, and computes those by both streams. */
  void backward(float[] logitGradients) {
    firstGradient = first.backward(logitGradients);
    secondGradient = second.backward(logitGradients);
    heads.forEach(head -> head.backward(logitGradients, firstGradient, secondGradient));
  }

  FMatrixRMaj firstGradient() {
    return firstGradient;
  }

  FMatrixRMaj secondGradient() {
    return secondGradient;
  }

  void blank(int i) {
    first.blank(i);
    second.blank(i);
    heads.forEach(head -> head.blank(i));
  }

  void drain(float[] all) {
    first.drain(all);
    second.drain(all);
    heads.forEach(head -> head.layer.drain(all));
  }
}
