package io.freshet.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelSettings;
import java.io.Serializable;
import java.util.List;

/**
 * What the manifests of a run have in common, in a form that travels to where the publisher runs.
 *
 * @param schemaJson the feature schema as the manifest holds it
 */
record ManifestTemplate(String name, String schemaJson, Manifest.Model model, long seed)
    implements Serializable {
  static final String DEEPFM = "deepfm";

  static ManifestTemplate of(String name, FeatureSchema schema, ModelSettings model) {
    return new ManifestTemplate(
        name,
        SchemaJson.write(schema).toString(),
        new Manifest.Model(DEEPFM, model.embeddingSize(), model.hiddenLayers()),
        model.seed());
  }

  FeatureSchema schema() {
    try {
      return SchemaJson.read(new ObjectMapper().readTree(schemaJson));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a schema of our own writing: " + schemaJson, e);
    }
  }

  Manifest.UnknownIds unknownIds() {
    return new Manifest.UnknownIds(Manifest.UnknownIds.START_ROW, seed);
  }

  /** The deep part's tensors, in the order of its parameters. */
  List<Tensor> tensors() {
    return DenseTensors.of(schema().size(), model.embeddingSize(), model.hiddenLayers());
  }
}
