package io.freshet.snapshot.format;

import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.DataFile.DenseFile;
import io.freshet.snapshot.format.DataFile.TensorShape;
import io.freshet.snapshot.format.SafetensorsOutput.Written;
import io.freshet.snapshot.storage.WritableStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the file of a version's dense part, the gauge ahead of it. */
public final class DenseFileWriter {
  private static final String NAME = "dense.safetensors";

  private DenseFileWriter() {}

  /**
   * Writes the file; it is complete and durable when this returns.
   *
   * @param values of the network, in the order of the template's tensors
   * @param examples that it learned
   */
  public static DenseFile write(
      WritableStorage storage,
      Version version,
      ManifestTemplate template,
      float[] values,
      PublishedGauge gauge,
      long examples)
      throws IOException {
    Map<String, double[]> measured = GaugeTensors.values(gauge, template.schema());
    List<Tensor> tensors = new ArrayList<>();
    measured.forEach((tensor, of) -> tensors.add(GaugeTensors.tensor(tensor, of)));
    tensors.addAll(template.tensors());
    Written written =
        SafetensorsOutput.write(
            storage,
            version + "/" + NAME,
            tensors,
            file -> {
              for (double[] each : measured.values()) {
                file.write(each);
              }
              file.write(values, 0, values.length);
            });
    List<TensorShape> shapes =
        tensors.stream().map(t -> new TensorShape(t.name(), t.shape())).toList();
    return new DenseFile(NAME, written.size(), written.sha256(), shapes, examples);
  }
}
