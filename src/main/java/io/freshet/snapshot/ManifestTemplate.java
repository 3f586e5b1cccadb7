package io.freshet.snapshot;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.DenseShape;
import io.freshet.model.ModelSettings;
import io.freshet.model.ModelShape;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the manifests of a run have in common. */
record ManifestTemplate(
    String name,
    FeatureSchema schema,
    ModelSettings settings,
    Manifest.Labels labels,
    Set<Integer> zeroFields)
    implements Serializable {
  ManifestTemplate {
    zeroFields = Set.copyOf(zeroFields);
  }

  /** Of a model whose features all have rows from the start. */
  ManifestTemplate(
      String name, FeatureSchema schema, ModelSettings settings, Manifest.Labels labels) {
    this(name, schema, settings, labels, Set.of());
  }

  /** The shape of the model, were it to start from nothing. */
  ModelShape modelShape() {
    return ModelShape.of(schema, settings);
  }

  /** The same of a model to which fields came late, whose features start with rows of zeros. */
  ManifestTemplate withLate(Set<Integer> fields) {
    Set<Integer> all = new HashSet<>(zeroFields);
    all.addAll(fields);
    return new ManifestTemplate(name, schema, settings, labels, all);
  }

  Manifest.Model model() {
    return new Manifest.Model(
        settings.kind().key(),
        settings.embeddingSize(),
        settings.hiddenLayers(),
        settings.crossLayers());
  }

  Manifest.UnknownIds unknownIds() {
    return new Manifest.UnknownIds(
        Manifest.UnknownIds.START_ROW, settings.seed(), zeroFields.stream().sorted().toList());
  }

  /** The deep part's tensors, in the order of its parameters. */
  List<Tensor> tensors() {
    return shape().tensors().stream()
        .map(t -> Tensor.floats(t.name(), t.shape().stream().mapToLong(n -> n).toArray()))
        .toList();
  }

  /** Parameters of the deep part. */
  int denseSize() {
    return shape().size();
  }

  private DenseShape shape() {
    return DenseShape.of(schema.size(), settings);
  }
}
