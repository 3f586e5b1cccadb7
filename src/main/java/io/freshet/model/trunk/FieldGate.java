package io.freshet.model.trunk;

import io.freshet.model.input.NetworkInputs;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.LinearLayer;
import io.freshet.model.layer.Rows;
import org.ejml.data.FMatrixRMaj;

/**
 * Weighs each field by all others, dimension by dimension of the embeddings, and passes the
 * embeddings on with and without (FinalNet, Zhu et al. 2023, SIGIR).
 *
 * <pre>
 * a_d = e_d · W + b         e_d: dimension d of all fields' embeddings; the same W for all d
 * y = [e, a ⊙ e]
 * </pre>
 */
final class FieldGate {
  private static final String NAME = "gate";

  private final int fields;
  private final int size;
  private final LinearLayer layer;
  private final FMatrixRMaj turned = new FMatrixRMaj(0, 0); // e, a row a dimension
  private final FMatrixRMaj gates = new FMatrixRMaj(0, 0); // a, likewise
  private final FMatrixRMaj output = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj gateGradient = new FMatrixRMaj(0, 0);
  private final FMatrixRMaj turnedGradient = new FMatrixRMaj(0, 0);

  FieldGate(Trunks.Parts parts) {
    fields = parts.inputs().fields();
    size = parts.inputs().embeddingSize();
    layer = new LinearLayer(parts.layers().get(NAME), parts.algebra());
  }

  static Layer layer(NetworkInputs inputs) {
    return Layer.of(NAME, inputs.fields(), inputs.fields())
        .from(Axis.FIELDS)
        .to(Axis.FIELDS)
        .startingAs(Layer.Start.ONE);
  }

  void values(float[] all) {
    layer.values(all);
  }

  FMatrixRMaj forward(FMatrixRMaj x) {
    turned.reshape(x.numRows * size, fields);
    for (int i = 0; i < x.numRows; i++) {
      for (int j = 0; j < x.numCols; j++) {
        turned.data[place(i, j)] = x.data[i * x.numCols + j];
      }
    }
    layer.forward(turned, gates);
    output.reshape(x.numRows, 2 * x.numCols);
    for (int i = 0; i < x.numRows; i++) {
      int at = 2 * i * x.numCols;
      for (int j = 0; j < x.numCols; j++) {
        float e = x.data[i * x.numCols + j];
        output.data[at + j] = e;
        output.data[at + x.numCols + j] = e * gates.data[place(i, j)];
      }
    }
    return output;
  }

  /** Adds the gradients by the embeddings to {@code to}. */
  void backward(FMatrixRMaj gradient, FMatrixRMaj to) {
    int n = to.numCols;
    gateGradient.reshape(gates.numRows, fields);
    for (int i = 0; i < to.numRows; i++) {
      for (int j = 0; j < n; j++) {
        int place = place(i, j);
        float byGated = gradient.data[2 * i * n + n + j];
        gateGradient.data[place] = byGated * turned.data[place];
        to.data[i * n + j] += gradient.data[2 * i * n + j] + byGated * gates.data[place];
      }
    }
    layer.backward(turned, gateGradient, turnedGradient);
    for (int i = 0; i < to.numRows; i++) {
      for (int j = 0; j < n; j++) {
        to.data[i * n + j] += turnedGradient.data[place(i, j)];
      }
    }
  }

  /** Where the j-th input of the i-th example is in a matrix with a row a dimension. */
  private int place(int i, int j) {
    return (i * size + j % size) * fields + j / size;
  }

  void blank(int i) {
    for (int d = i * size; d < (i + 1) * size; d++) {
      Rows.clear(turned, d);
      Rows.clear(gates, d);
      layer.blank(d);
    }
    Rows.clear(output, i);
  }

  void drain(float[] all) {
    layer.drain(all);
  }
}
