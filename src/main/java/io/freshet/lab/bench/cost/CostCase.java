package io.freshet.lab.bench.cost;

import static java.util.stream.Collectors.toMap;

import io.freshet.config.option.Section;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabeledExample;
import io.freshet.lab.bench.measure.Workload;
import io.freshet.model.ModelOptions;
import io.freshet.model.ModelSettings;
import io.freshet.model.Task;
import io.freshet.model.Tasks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
          tasks("two tasks", "kind: deepfm", ""),
          tasks("two tasks, ESMM", "kind: deepfm", "first"),
          tasks("two tasks, 4 experts", "{kind: deepfm, task-experts: 4}", ""),
          sizes(4),
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

  /** Two tasks, whose examples come in turns. */
  private static CostCase tasks(String name, String section, String after) {
    Tasks both =
        new Tasks(
            List.of(
                new Task("first", "", "", LabelSettings.DEFAULT),
                new Task("second", after, "", LabelSettings.DEFAULT)));
    CostCase one = kind(name, section);
    return new CostCase(
        name,
        one.schema(),
        one.model().withTasks(both),
        example -> example.of(Math.floorMod(Arrays.hashCode(example.example().fids()), 2)));
  }

  /** All fields with fewer numbers than the model's. */
  private static CostCase sizes(int size) {
    String name = "embeddings of " + size + " in " + PLAIN.model().embeddingSize();
    Map<Integer, Integer> sizes =
        PLAIN.schema().fields().stream().collect(toMap(Field::number, field -> size));
    ModelSettings model = PLAIN.model().withEmbeddingSizes(sizes);
    return new CostCase(name, PLAIN.schema(), model, example -> example);
  }
}
