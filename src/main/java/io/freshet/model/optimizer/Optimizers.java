package io.freshet.model.optimizer;

import io.freshet.config.option.Section;
import java.util.List;

/** All kinds of optimizers: the one place to add another. */
public final class Optimizers {
  private static final List<OptimizerKind<?>> KINDS =
      List.of(Sgd.KIND, Adagrad.KIND, RowWiseAdagrad.KIND, Ftrl.KIND, Adam.KIND, Momentum.KIND);

  private Optimizers() {}

  /** The name of the kind of some settings. */
  static String kind(OptimizerSettings settings) {
    return KINDS.stream().filter(kind -> kind.has(settings)).findFirst().orElseThrow().name();
  }

  /** The settings of a kind. */
  static Class<? extends OptimizerSettings> type(String kind) {
    for (OptimizerKind<?> each : KINDS) {
      if (each.name().equals(kind)) {
        return each.type();
      }
    }
    throw new IllegalArgumentException("no optimizer is named " + kind);
  }

  /**
   * Reads {@code {kind: ftrl, alpha: 0.5}} for parameters that move one by one.
   *
   * @param otherwise holds without a kind; what is not given is as in these settings if they are of
   *     the same kind, else as the kind has it
   */
  public static OptimizerSettings read(Section s, OptimizerSettings otherwise) {
    return read(s, otherwise, KINDS.stream().filter(k -> !k.start().isForVectors()).toList());
  }

  /** As {@link #read}, also of a kind that moves vectors as a whole. */
  public static OptimizerSettings readForVectors(Section s, OptimizerSettings otherwise) {
    return read(s, otherwise, KINDS);
  }

  private static OptimizerSettings read(
      Section s, OptimizerSettings otherwise, List<OptimizerKind<?>> kinds) {
    return s.kind(
        "kind",
        kinds.stream().map(k -> k.from(otherwise)).toList(),
        kind(otherwise),
        "The optimizer.");
  }
}
