package io.freshet.train.state;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.ModelShape;
import io.freshet.train.WarmStart;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * The shape of the model, kept beside the parameters of an operator.
 *
 * @param before the shape that the restored state was written with, or that of the model that the
 *     job starts from; none where there is neither
 * @param now the shape from now on
 */
public record StoredShape(Optional<ModelShape> before, ModelShape now) {
  private static final ListStateDescriptor<String> STORED =
      new ListStateDescriptor<>("model-shape", Types.STRING);

  /** Reads the shape from state, and writes there what it is from now on. */
  public static StoredShape of(
      StateInitializationContext context, FeatureSchema schema, ModelSettings model, WarmStart warm)
      throws Exception {
    OperatorStateStore store = context.getOperatorStateStore();
    ListState<String> stored = store.getUnionListState(STORED);
    Optional<ModelShape> before = context.isRestored() ? Optional.empty() : warm.shape();
    for (String text : stored.get()) {
      before = Optional.of(ModelShape.parse(text)); // each subtask's is the same
    }
    ModelShape plain = ModelShape.of(schema, model);
    ModelShape now = before.map(plain::after).orElse(plain);
    stored.update(List.of(now.text()));
    return new StoredShape(before, now);
  }

  /** Whether the state is of a model of another shape. */
  public boolean isChanged() {
    return before.isPresent() && !before.get().equals(now);
  }
}
