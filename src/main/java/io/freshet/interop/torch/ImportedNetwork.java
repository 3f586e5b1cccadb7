package io.freshet.interop.torch;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.ModelSettings;
import io.freshet.model.NetworkSettings;
import io.freshet.model.Sizes;
import io.freshet.model.dense.DenseParameters;
import io.freshet.model.dense.DenseReshape;
import io.freshet.model.dense.ModelShape;
import io.freshet.model.dense.ModelShape.Member;
import io.freshet.model.layer.Layer;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Sgd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dense part of a learner's model, filled with the layers of a tensor file.
 *
 * <p>The network of the file has the embeddings of the mapped fields as its input, in the mapping's
 * order; {@link DenseReshape} carries it over to the learner's fields. A group of layers (cross or
 * deep) of which the mapping names nothing adds nothing to the logit until it has learned.
 */
final class ImportedNetwork {
  private static final OptimizerSettings PLAIN = new Sgd(1);
  private static final Pattern SLICE = Pattern.compile("(.*)\\[(\\d{1,9}):(\\d{1,9})]");
  private static final double NORM_EPSILON = 1e-5; // PyTorch's default

  private final TensorFile file;
  private final Map<String, String> tensors;
  private final Map<String, String> norms;

  private ImportedNetwork(TensorFile file, ImportMapping mapping) {
    this.file = file;
    tensors = mapping.dense();
    norms = mapping.norms();
  }

  /**
   * The parameters in the order of the learner's shape.
   *
   * @param fields those of the mapping, in its order
   */
  static float[] read(
      TensorFile file,
      ImportMapping mapping,
      List<Field> fields,
      FeatureSchema schema,
      ModelSettings model)
      throws IOException {
    ImportedNetwork network = new ImportedNetwork(file, mapping);
    ModelShape theirs =
        new ModelShape(
            model.embeddingSize(),
            network.settings(model.network()),
            fields.stream()
                .map(f -> Member.of(f, network.size(f, model), model.embeddingSize()))
                .map(Member::withoutAttention)
                .toList());
    DenseParameters imported = DenseParameters.start(theirs.dense(), model.seed(), PLAIN);
    imported.startFrom(network.read(theirs));
    ModelShape ours = ModelShape.of(schema, model).after(theirs);
    return DenseReshape.of(theirs, imported, ours, model.seed(), PLAIN).finished();
  }

  /** The tensors of the file that the mapping names for the network. */
  static Set<String> named(ImportMapping mapping) {
    Set<String> names = new HashSet<>();
    mapping.dense().values().forEach(text -> names.add(SLICE.matcher(text).replaceFirst("$1")));
    for (String norm : mapping.norms().values()) {
      for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
        names.add(norm + "." + part);
      }
    }
    return names;
  }

  /** What the file has of a network; one of a form or sizes of its own it has as a whole. */
  private NetworkSettings settings(NetworkSettings whole) {
    boolean isWhole = !whole.form().isEmpty() || !whole.sizes().isEmpty();
    if (isWhole && !tensors.isEmpty()) {
      return whole;
    }
    return new NetworkSettings(
        NetworkSettings.PLAIN,
        has("deep") ? whole.hiddenLayers() : List.of(),
        has("cross") ? whole.crossLayers() : 0,
        Sizes.NONE);
  }

  /** That of a field's embeddings, if the file has what they are projected by. */
  private int size(Field field, ModelSettings model) {
    return has("projection." + field.number())
        ? model.embeddingSize(field.number())
        : model.embeddingSize();
  }

  private boolean has(String group) {
    return tensors.keySet().stream().anyMatch(name -> name.startsWith(group + "."));
  }

  private float[] read(ModelShape shape) throws IOException {
    List<Layer> layers = shape.dense().layers();
    checkNames(layers);
    float[] values = new float[shape.dense().size()];
    for (Layer layer : layers) {
      if (layer.in() > 0) {
        readWeights(layer, values);
      }
      readBiases(layer, values);
      if (norms.containsKey(layer.name())) {
        foldNorm(layer, values);
      }
    }
    return values;
  }

  private void checkNames(List<Layer> layers) throws IOException {
    List<String> known = new ArrayList<>();
    List<String> hidden = new ArrayList<>();
    for (Layer layer : layers) {
      known.add(layer.name() + ".weight");
      if (layer.biased()) {
        known.add(layer.name() + ".bias");
      }
      if (layer.name().matches("deep\\.\\d+")) {
        hidden.add(layer.name());
      }
    }
    for (String name : tensors.keySet()) {
      if (!known.contains(name)) {
        throw new IOException("dense: the model has no %s; expected %s".formatted(name, known));
      }
    }
    for (String name : norms.keySet()) {
      if (!hidden.contains(name)) {
        throw new IOException(
            "batch-norms: the model has no hidden layer %s; expected %s".formatted(name, hidden));
      }
    }
  }

  /** Fills weights [in, out] from a tensor [out, in], or from a part of its inputs. */
  private void readWeights(Layer layer, float[] to) throws IOException {
    String text = tensors.get(layer.name() + ".weight");
    if (text == null) {
      throw new IOException(
          "dense: %s.weight is missing; expected a tensor [%s, %s]"
              .formatted(layer.name(), layer.out(), layer.in()));
    }
    Matcher slice = SLICE.matcher(text);
    boolean isSliced = slice.matches();
    String name = isSliced ? slice.group(1) : text;
    int first = isSliced ? Integer.parseInt(slice.group(2)) : 0;
    long all = isSliced ? TensorFile.ANY : layer.in();
    float[] values = file.read(name, List.of(List.of((long) layer.out(), all)));
    int inputs = values.length / layer.out();
    if (isSliced
        && (Integer.parseInt(slice.group(3)) - first != layer.in()
            || first + layer.in() > inputs)) {
      throw new IOException(
          "dense: %s.weight: %s are not %s of the %s inputs of tensor \"%s\""
              .formatted(layer.name(), text.substring(name.length()), layer.in(), inputs, name));
    }
    for (int i = 0; i < layer.in(); i++) {
      for (int j = 0; j < layer.out(); j++) {
        to[layer.weights() + i * layer.out() + j] = values[j * inputs + first + i];
      }
    }
  }

  /** Fills biases; those of a layer without are zeros. */
  private void readBiases(Layer layer, float[] to) throws IOException {
    String name = tensors.get(layer.name() + ".bias");
    if (name != null) {
      float[] values = file.read(name, List.of(List.of((long) layer.out())));
      System.arraycopy(values, 0, to, layer.biases(), layer.out());
    }
  }

  /** Makes a batch normalization, which is linear in prediction, part of the layer before it. */
  private void foldNorm(Layer layer, float[] to) throws IOException {
    String prefix = norms.get(layer.name()) + ".";
    List<List<Long>> shape = List.of(List.of((long) layer.out()));
    float[] scale = file.read(prefix + "weight", shape);
    float[] shift = file.read(prefix + "bias", shape);
    float[] mean = file.read(prefix + "running_mean", shape);
    float[] variance = file.read(prefix + "running_var", shape);
    for (int j = 0; j < layer.out(); j++) {
      double factor = scale[j] / Math.sqrt(variance[j] + NORM_EPSILON);
      for (int i = 0; i < layer.in(); i++) {
        to[layer.weights() + i * layer.out() + j] *= (float) factor;
      }
      int bias = layer.biases() + j;
      to[bias] = (float) ((to[bias] - mean[j]) * factor + shift[j]);
    }
  }
}
