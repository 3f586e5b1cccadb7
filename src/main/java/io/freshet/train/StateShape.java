package io.freshet.train;

import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.OptimizerSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The settings that give floats in state their meaning, kept beside them: state that was written
 * under others would be read as nonsense, or not at all.
 */
final class StateShape {
  private static final ListStateDescriptor<String> STORED =
      new ListStateDescriptor<>("shape", Types.STRING);

  private final Map<String, String> settings; // by their keys in the configuration

  private StateShape(Map<String, String> settings) {
    this.settings = new TreeMap<>(settings);
  }

  /** What rows of the embedding table depend on. */
  static StateShape ofRows(ModelSettings model, LearningSettings learning) {
    return new StateShape(
        Map.of(
            "model.kind", model.kind().key(),
            "model.embedding-size", String.valueOf(model.embeddingSize()),
            "model.seed", String.valueOf(model.seed()),
            "train.first-order-optimizer.kind", kind(learning.firstOrder()),
            "train.embedding-optimizer.kind", kind(learning.embedding())));
  }

  /** What slices of the deep part depend on. */
  static StateShape ofDense(int fields, ModelSettings model, TrainSettings settings) {
    return new StateShape(
        Map.of(
            "the number of features", String.valueOf(fields),
            "model.embedding-size", String.valueOf(model.embeddingSize()),
            "model.hidden-layers", model.hiddenLayers().toString(),
            "model.cross-layers", String.valueOf(model.crossLayers()),
            "train.dense.slices", String.valueOf(settings.denseSlices()),
            "train.dense.optimizer.kind", kind(settings.learning().dense())));
  }

  private static String kind(OptimizerSettings optimizer) {
    return optimizer.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /**
   * Writes the shape to the operator's state, where every checkpoint has it.
   *
   * @throws RefusedException if the restored state has another, with all that differs
   */
  void guard(OperatorStateStore store) throws Exception {
    ListState<String> stored = store.getUnionListState(STORED);
    Map<String, String> restored = new TreeMap<>();
    for (String line : stored.get()) {
      int equals = line.indexOf('=');
      restored.put(line.substring(0, equals), line.substring(equals + 1));
    }
    check(restored);
    stored.update(settings.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }

  /** State from before shapes were kept has none, and passes. */
  private void check(Map<String, String> restored) {
    List<String> problems = new ArrayList<>();
    restored.forEach(
        (key, inState) -> {
          String configured = settings.getOrDefault(key, inState);
          if (!configured.equals(inState)) {
            problems.add(
                "%s is %s, in the restored state it is %s".formatted(key, configured, inState));
          }
        });
    if (!problems.isEmpty()) {
      Collections.sort(problems);
      throw new RefusedException(
          String.join("; ", problems)
              + ": configure what the state has, or start without the state");
    }
  }
}
