package io.freshet.model.input;

import io.freshet.model.algebra.LinearAlgebra;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layers;
import io.freshet.model.layer.LinearLayer;
import io.freshet.model.layer.Rows;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.FMatrixRMaj;

/**
 * Brings the embeddings of fields whose rows hold s &lt; k numbers to the model's size k (Ginart et
 * al. 2019, arXiv 1909.11810): forward and backward over the examples of a row step.
 *
 * <p>With u_f the sum that the field's rows come to, of which the first s numbers count and the
 * others are 0, e_f = u_f · P_f. So all terms of the model see embeddings of one size, and rows of
 * the field cost s numbers.
 */
public final class Projections {
  private final int k;
  private final List<OneField> fields = new ArrayList<>();

  /**
   * Those of a dense part.
   *
   * @param indexes of fields, by their numbers
   */
  public Projections(NetworkInputs inputs, int[] indexes, Layers layers) {
    k = inputs.embeddingSize();
    for (Projection each : inputs.projections()) {
      Layer layer = layers.get(each.layer(k).name());
      fields.add(new OneField(indexes[each.field()] * k, layer));
    }
  }

  public boolean isEmpty() {
    return fields.isEmpty();
  }

  public void values(float[] all) {
    fields.forEach(field -> field.map.values(all));
  }

  /** Fills the embeddings of all fields, [m, fields · k], from the sums of their rows. */
  public void forward(FMatrixRMaj sums, FMatrixRMaj embedded) {
    embedded.setTo(sums);
    for (OneField field : fields) {
      field.x.reshape(sums.numRows, field.size);
      Rows.columns(sums, field.at, field.x);
      field.map.forward(field.x, field.y);
      Rows.intoColumns(field.y, embedded, field.at);
    }
  }

  /**
   * Makes gradients by the sums of those by the embeddings, and adds the parameters' to what {@link
   * #drain} writes.
   *
   * @param logitGradients one that is not a number leaves its example out
   */
  public void backward(float[] logitGradients, FMatrixRMaj gradients) {
    for (OneField field : fields) {
      field.y.reshape(gradients.numRows, k);
      Rows.columns(gradients, field.at, field.y);
      for (int i = 0; i < gradients.numRows; i++) {
        if (Float.isNaN(logitGradients[i])) {
          Rows.clear(field.x, i);
          Rows.clear(field.y, i);
          field.map.blank(i);
        }
      }
      field.map.backward(field.x, field.y, field.dx);
      Rows.intoColumns(field.dx, gradients, field.at);
    }
  }

  /** Writes the gathered gradients, and resets them. */
  public void drain(float[] all) {
    fields.forEach(field -> field.map.drain(all));
  }

  private static final class OneField {
    private final int at; // its first column among all fields'
    private final int size;
    private final LinearLayer map;
    private final FMatrixRMaj x = new FMatrixRMaj(0, 0);
    private final FMatrixRMaj y = new FMatrixRMaj(0, 0);
    private final FMatrixRMaj dx = new FMatrixRMaj(0, 0);

    OneField(int at, Layer layer) {
      this.at = at;
      size = layer.in();
      map = new LinearLayer(layer, LinearAlgebra.chosen());
    }
  }
}
