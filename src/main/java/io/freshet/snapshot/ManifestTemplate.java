package io.freshet.snapshot;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.DenseShape;
import io.freshet.model.ModelSettings;
import java.io.Serializable;
import java.util.List;

/** What the manifests of a run have in common. */
record ManifestTemplate(
    String name, FeatureSchema schema, ModelSettings settings, Manifest.Labels labels)
    implements Serializable {
  Manifest.Model model() {
    return new Manifest.Model(
        settings.kind().key(),
        settings.embeddingSize(),
        settings.hiddenLayers(),
        settings.crossLayers());
  }

  Manifest.UnknownIds unknownIds() {
    return new Manifest.UnknownIds(Manifest.UnknownIds.START_ROW, settings.seed());
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
