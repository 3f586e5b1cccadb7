package io.freshet.model;

import io.freshet.feature.example.LabelSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Small models: at least one of every kind, and of every form that a kind has. */
public final class SampleKinds {
  /** Three tasks that follow on one another, and one that stands alone. */
  public static final Tasks TASKS =
      new Tasks(
          List.of(
              task("click", ""),
              task("cart", "click"),
              task("like", ""),
              task("purchase", "cart")));

  private static Task task(String name, String after) {
    return new Task(name, after, name, LabelSettings.DEFAULT);
  }

  /** Sizes that only one kind has; every schema of the tests has a field of number 2. */
  private static final Map<ModelKind, Map<String, List<Integer>>> OWN =
      Map.of(
          ModelKind.FINALMLP,
          Map.of(
              "second-layers",
              List.of(5, 2),
              "heads",
              List.of(2),
              "first-gate",
              List.of(2),
              "gate-layers",
              List.of(3)),
          ModelKind.FINALNET,
          Map.of("second-layers", List.of(4, 2)));

  /** Field 3 has shorter rows, which no other field of a schema of the tests shares. */
  private static final Map<Integer, Integer> SHORTER = Map.of(3, 2);

  private SampleKinds() {}

  public static List<ModelSettings> all(long seed) {
    List<ModelSettings> all =
        new ArrayList<>(Arrays.stream(ModelKind.values()).map(kind -> of(kind, seed)).toList());
    ModelSettings dcn = of(ModelKind.DCN, seed);
    all.add(dcn.withSizes(sizes("stacked", 1)));
    all.add(dcn.withSizes(new Sizes(Map.of("low-rank", List.of(2), "experts", List.of(3)))));
    all.add(of(ModelKind.FINALNET, seed).withSizes(sizes("gated", 1)));
    for (ModelKind kind : List.of(ModelKind.FM, ModelKind.DEEPFM, ModelKind.DCN)) {
      all.add(of(kind, seed).withEmbeddingSizes(SHORTER));
    }
    return all;
  }

  /** Those of several tasks: each form of layers with a network a task and with experts. */
  public static List<ModelSettings> ofTasks(long seed) {
    List<ModelSettings> layered = all(seed).stream().filter(model -> model.kind().deep()).toList();
    return Stream.concat(layered.stream(), layered.stream().map(SampleKinds::mixingExperts))
        .map(model -> model.withTasks(TASKS))
        .toList();
  }

  /** The same with experts that tasks share, and towers over them. */
  public static ModelSettings mixingExperts(ModelSettings model) {
    return mixingExperts(model, 3, List.of(5, 3));
  }

  public static ModelSettings mixingExperts(
      ModelSettings model, int experts, List<Integer> towerLayers) {
    Map<String, List<Integer>> sizes = new HashMap<>(model.sizes().lists());
    sizes.put("task-experts", List.of(experts));
    sizes.put("tower-layers", towerLayers);
    return model.withSizes(new Sizes(sizes));
  }

  /** The simplest form of a kind. */
  public static ModelSettings of(ModelKind kind, long seed) {
    return new ModelSettings(
        kind,
        kind.embeds() ? 3 : 0,
        kind.deep() ? List.of(6, 4) : List.of(),
        kind.crosses() ? 2 : 0,
        new Sizes(OWN.getOrDefault(kind, Map.of())),
        0,
        seed);
  }

  private static Sizes sizes(String key, Integer... values) {
    return new Sizes(Map.of(key, List.of(values)));
  }
}
