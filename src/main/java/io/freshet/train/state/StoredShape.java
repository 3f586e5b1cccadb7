package io.freshet.train.state;

import io.freshet.model.dense.ModelShape;
import io.freshet.train.LoopSettings;
import io.freshet.train.RefusedException;
import io.freshet.wire.ReplicatedTexts;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * The shape of the model, stored with the parameters of an operator.
 *
 * @param before the shape of the restored state, or of the model that the job starts from; empty
 *     where there is neither
 * @param now the shape of the configured model
 * @param isWarm whether the job starts from another model
 */
public record StoredShape(Optional<ModelShape> before, ModelShape now, boolean isWarm) {
  private static final String STORED = "model-shape";

  /** Reads the stored shape, and replaces it by the configured one. */
  public static StoredShape of(StateInitializationContext context, LoopSettings settings)
      throws Exception {
    ReplicatedTexts stored = new ReplicatedTexts(context.getOperatorStateStore(), STORED);
    Optional<ModelShape> before =
        context.isRestored() ? Optional.empty() : settings.start().model().shape();
    for (String text : stored.restored()) {
      before = Optional.of(ModelShape.parse(text)); // each subtask's is the same
    }
    if (context.isRestored() && before.isEmpty()) {
      throw new RefusedException(
          "the restored state has no model shape, as states of this version of Freshet have: start"
              + " without it");
    }
    before.ifPresent(shape -> checkFirst(shape, settings.model().tasks().name(0)));
    ModelShape plain = ModelShape.of(settings.schema(), settings.model());
    ModelShape now = before.map(plain::after).orElse(plain);
    stored.update(List.of(now.text()));
    return new StoredShape(before, now, !context.isRestored() && before.isPresent());
  }

  /** The first task is known by its place: another in it would go on from its network. */
  private static void checkFirst(ModelShape before, String first) {
    if (before.network().tasks().contains(first)) {
      throw new RefusedException(
          "task %s is the first of model.tasks, and a further one in what the job starts from: keep the first task first, or start without the state"
              .formatted(first));
    }
  }

  /** Whether the state or the other model has another shape. */
  public boolean isChanged() {
    return before.isPresent() && !before.get().equals(now);
  }
}
