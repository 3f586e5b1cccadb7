package io.freshet.lab.bench.cost;

import io.freshet.config.option.Section;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.model.ModelOptions;
import io.freshet.model.ModelSettings;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A model whose cost is held against that of plain DeepFM.
 *
 * @param change makes its examples of plain ones
 */
record CostCase(
    String name, FeatureSchema schema, ModelSettings model, UnaryOperator<LabeledExample> change) {
  /** The yardstick: DeepFM at its defaults. */
  static final CostCase PLAIN = kind("deepfm", "kind: deepfm");

  /** All others, a line each. */
  static final List<CostCase> OTHERS =
      List.of(
          kind("lr", "kind: lr"),
          kind("fm", "kind: fm"),
          kind("wide-deep", "kind: wide-deep"),
          kind("dcn", "kind: dcn"),
          kind("dcn, stacked", "{kind: dcn, stacked: true}"),
          kind("dcn, low-rank", "{kind: dcn, low-rank: 32}"),
          kind("finalmlp", "{kind: finalmlp, heads: 8}"),
          kind(
              "finalmlp, gates of fields",
              "{kind: finalmlp, heads: 8, first-gate: [c1], second-gate: [c2]}"),
          kind("finalnet", "kind: finalnet"),
          kind("finalnet, gated", "{kind: finalnet, gated: true}"),
          FieldCase.vector(128),
          FieldCase.weighted(10),
          FieldCase.sequence("mean", 50, Pooling.MEAN, null),
          FieldCase.sequence(
              "din attention", 50, Pooling.ATTENTION, new Attention(FieldCase.ITEM, 36, false)),
          FieldCase.sequence(
              "dot attention", 50, Pooling.ATTENTION, new Attention(FieldCase.ITEM, 0, true)));

  /** A kind of model, at its defaults but for what the section {@code model} says. */
  static CostCase kind(String name, String section) {
    FeatureSchema schema = Workload.defaults().schema();
    ModelSettings model =
        Section.root(section, name, List.of()).read(s -> ModelOptions.read(s, schema.fields()));
    return new CostCase(name, schema, model, example -> example);
  }
}
