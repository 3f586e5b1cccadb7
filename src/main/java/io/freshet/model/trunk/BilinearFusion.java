package io.freshet.model.trunk;

import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.LinearLayer;
import io.freshet.model.layer.Rows;
import io.freshet.model.trunk.Trunk.Branch;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * Products of two streams' units (FinalMLP, Mao et al. 2023, arXiv 2304.00902, section
 * "Stream-level interaction aggregation"): both cut into heads of equal length.
 *
 * <pre>
 * p_h = x_hᵀ · W_h · y_h
 *
 * for the gradient g by it, with t_h = x_h · W_h:
 * dy += g t_h,   dx_h and dW_h as those of a linear layer with the output gradient g y_h
 * </pre>
 */
final class BilinearFusion {
  private static final String FIRST = "fusion.first";
  private static final String SECOND = "fusion.second";
  private static final String HEAD = "fusion.head";

  private final List<Head> heads = new ArrayList<>();
  private final FMatrixRMaj products = new FMatrixRMaj(0, 0); // one a head

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

    void forward(FMatrixRMaj xs, FMatrixRMaj ys, FMatrixRMaj products) {
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
        products.data[i * products.numCols + number] = sum;
      }
    }

    void backward(FMatrixRMaj gradients, FMatrixRMaj dxs, FMatrixRMaj dys) {
      scaled.reshape(y.numRows, shape.out());
      for (int i = 0; i < y.numRows; i++) {
        float g = gradients.data[i * gradients.numCols + number];
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

  BilinearFusion(Trunks.Parts parts) {
    for (Layer head : parts.layers().group(HEAD)) {
      heads.add(new Head(heads.size(), head, new LinearLayer(head, parts.algebra())));
    }
  }

  static List<Branch> branches(int firstUnits, int secondUnits, int heads) {
    return List.of(
        new Branch(FIRST, firstUnits, Axis.UNITS),
        new Branch(SECOND, secondUnits, Axis.UNITS),
        new Branch("", heads, Axis.UNITS));
  }

  /** The output units over both streams, and the heads. */
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
    heads.forEach(head -> head.layer.values(all));
  }

  /** Computes the products [m, heads] of the streams' units. */
  FMatrixRMaj forward(FMatrixRMaj x, FMatrixRMaj y) {
    products.reshape(x.numRows, heads.size());
    heads.forEach(head -> head.forward(x, y, products));
    return products;
  }

  /**
   * Adds the parameters' gradients, and those by both streams.
   *
   * @param gradients by the products
   */
  void backward(FMatrixRMaj gradients, FMatrixRMaj dx, FMatrixRMaj dy) {
    heads.forEach(head -> head.backward(gradients, dx, dy));
  }

  void blank(int i) {
    Rows.clear(products, i);
    heads.forEach(head -> head.blank(i));
  }

  void drain(float[] all) {
    heads.forEach(head -> head.layer.drain(all));
  }
}
