package io.freshet.snapshot.format;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.DataFile.TensorShape;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The file of the dense part, read: the network's tensors and the gauge.
 *
 * @param tensors by name, each row by row, in the order of the file; those of the gauge are not
 *     among them
 */
public record DensePart(Map<String, float[]> tensors, PublishedGauge gauge) {

  /**
   * Reads the tensors that a manifest names.
   *
   * @throws IOException where the file does not hold them in these shapes
   */
  public static DensePart of(SafetensorsFile file, List<TensorShape> named, FeatureSchema schema)
      throws IOException {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (TensorShape tensor : named) {
      boolean isGauge = GaugeTensors.isOne(tensor.name());
      int dimensions = tensor.shape().size();
      Tensor.Type type = isGauge ? Tensor.Type.F64 : Tensor.Type.F32;
      if (!file.shape(tensor.name(), type, dimensions).equals(tensor.shape())) {
        throw file.wrong(
            "tensor \"%s\" has another shape than the manifest's %s"
                .formatted(tensor.name(), tensor.shape()));
      }
      if (!isGauge) {
        tensors.put(tensor.name(), file.floats(tensor.name(), dimensions));
      }
    }
    return new DensePart(tensors, GaugeTensors.read(file, schema));
  }

  /** The network's parameters as one vector. */
  public float[] vector() {
    float[] vector = new float[tensors.values().stream().mapToInt(values -> values.length).sum()];
    int at = 0;
    for (float[] values : tensors.values()) {
      System.arraycopy(values, 0, vector, at, values.length);
      at += values.length;
    }
    return vector;
  }
}
