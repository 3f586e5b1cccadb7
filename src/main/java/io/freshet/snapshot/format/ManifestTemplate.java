package io.freshet.snapshot.format;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.LabelSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.dense.ModelShape;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the manifests of a run have in common. */
public record ManifestTemplate(
    String name,
    FeatureSchema schema,
    ModelSettings settings,
    Labels labels,
    double samplingRate,
    Set<Integer> zeroFields)
    implements Serializable {
  public ManifestTemplate {
    zeroFields = Set.copyOf(zeroFields);
  }

  /** A model that learns every click, and whose features all have rows from the start. */
  public static ManifestTemplate of(String name, FeatureSchema schema, ModelSettings settings) {
    return new ManifestTemplate(name, schema, settings, Labels.CLICK, 1, Set.of());
  }

  /** The same of labels of this definition that come about in this way. */
  public ManifestTemplate withLabels(String definition, LabelSettings learned) {
    return new ManifestTemplate(
        name, schema, settings, Labels.of(definition, learned), learned.negativeRate(), zeroFields);
  }

  /** The shape of the model, were it to start from nothing. */
  public ModelShape modelShape() {
    return ModelShape.of(schema, settings);
  }

  /** The same with more fields whose unknown features have rows of zeros. */
  public ManifestTemplate withZeroFields(Set<Integer> fields) {
    Set<Integer> all = new HashSet<>(zeroFields);
    all.addAll(fields);
    return new ManifestTemplate(name, schema, settings, labels, samplingRate, all);
  }

  public Manifest.Model model() {
    return new Manifest.Model(
        settings.kind().key(),
        settings.embeddingSize(),
        settings.hiddenLayers(),
        settings.crossLayers(),
        settings.sizes().lists(),
        settings.tasks().all().stream().map(Manifest.ModelTask::of).toList(),
        settings.embeddingSizes());
  }

  public Manifest.UnknownIds unknownIds() {
    return new Manifest.UnknownIds(
        Manifest.UnknownIds.START_ROW, settings.seed(), zeroFields.stream().sorted().toList());
  }

  /** The dense part's tensors, in the order of its parameters. */
  public List<Tensor> tensors() {
    return shape().tensors().stream()
        .map(t -> Tensor.floats(t.name(), t.shape().stream().mapToLong(n -> n).toArray()))
        .toList();
  }

  /** Parameters of the dense part. */
  public int denseSize() {
    return shape().size();
  }

  private DenseShape shape() {
    return DenseShape.of(schema, settings);
  }
}
