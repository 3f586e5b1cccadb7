package io.freshet.serve.tensor;

import static io.freshet.serve.request.HttpError.bad;

import io.freshet.event.FeatureNames;
import io.freshet.serve.request.Columns;
import io.freshet.serve.request.FeatureRows;
import io.freshet.serve.request.HttpError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads instances from tensors, of which there are two forms:
 *
 * <ul>
 *   <li>a tensor for each feature, by its name. {@code [n]} has a value for each instance, {@code
 *       [n, m]} has m; where instances have different numbers of values, or none, the values of all
 *       follow one another and {@code <name>.offsets} of n + 1 integers says where each instance's
 *       begin. A first dimension of 1 counts for all instances. Tensors of other names are passed
 *       over.
 *   <li>one tensor {@value #JSON} of n strings, each the features of an instance as a JSON object.
 * </ul>
 */
public final class FeatureTensors {
  static final String JSON = "features_json";
  private static final String OFFSETS = ".offsets";

  private final FeatureNames names;
  private final int most;
  private final Map<String, Tensor> inputs = new HashMap<>();

  private FeatureTensors(FeatureNames names, int most) {
    this.names = names;
    this.most = most;
  }

  /**
   * The features of the instances, and their impression ids from the tensor of that name.
   *
   * @param most instances, else 413
   */
  public static FeatureRows read(List<Tensor> inputs, FeatureNames names, int most)
      throws HttpError {
    FeatureTensors tensors = new FeatureTensors(names, most);
    for (Tensor tensor : inputs) {
      if (tensors.inputs.put(tensor.name(), tensor) != null) {
        throw bad(tensor.place() + " is there twice");
      }
    }
    return tensors.json().isPresent()
        ? tensors.ofJson(tensors.json().get())
        : tensors.ofFeatures(inputs);
  }

  private Optional<Tensor> json() {
    return names.indexOf(JSON) >= 0 ? Optional.empty() : Optional.ofNullable(inputs.get(JSON));
  }

  private FeatureRows ofJson(Tensor tensor) throws HttpError {
    Tensor ids = inputs.get(FeatureRows.IDS);
    if (inputs.size() > (ids == null ? 1 : 2)) {
      throw bad(tensor.place() + " holds all features; expected no other input");
    }
    if (tensor.datatype() != Datatype.BYTES || tensor.rows() != tensor.elements()) {
      throw bad(tensor.place() + " is no BYTES of one dimension; expected one for each instance");
    }
    Columns columns = new Columns(names, most);
    columns.checkLength(tensor.place(), tensor.elements().size());
    if (ids != null) {
      columns.add(ids.place(), ids.name(), ids.rows());
    }
    List<String> impressions = columns.ids();
    return new FeatureRows(JsonFeatures.read(tensor, names), impressions, Optional.empty());
  }

  private FeatureRows ofFeatures(List<Tensor> tensors) throws HttpError {
    Columns columns = new Columns(names, most);
    if (!tensors.isEmpty() && tensors.stream().noneMatch(t -> columns.isWanted(t.name()))) {
      throw bad("inputs names no feature of the model; its metadata lists them");
    }
    for (Tensor tensor : tensors) {
      boolean isWanted = columns.isWanted(tensor.name());
      if (isWanted) {
        Tensor offsets = inputs.get(tensor.name() + OFFSETS);
        List<?> rows = offsets == null ? tensor.rows() : tensor.rows(offsets);
        columns.add(tensor.place(), tensor.name(), rows);
      } else if (!isRagged(tensor.name())) {
        columns.checkLength(tensor.place(), tensor.rows().size());
      }
    }
    return columns.rows();
  }

  /** Whether a tensor's first dimension is of values or offsets instead of instances. */
  private boolean isRagged(String name) {
    return inputs.containsKey(name + OFFSETS)
        || name.endsWith(OFFSETS)
            && inputs.containsKey(name.substring(0, name.length() - OFFSETS.length()));
  }
}
