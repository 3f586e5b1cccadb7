package io.freshet.model.optimizer;

/** Checks of settings; the text names the setting, its value and what would be right. */
public final class Checks {
  private Checks() {}

  static void positive(String name, float value) {
    check(value > 0 && Float.isFinite(value), name, value, "above 0 and finite");
  }

  public static void notNegative(String name, float value) {
    check(value >= 0 && Float.isFinite(value), name, value, "0 or more and finite");
  }

  /** Of what may be infinite. */
  static void norm(String name, float value) {
    check(value > 0, name, value, "above 0");
  }

  public static void share(String name, float value) {
    check(value >= 0 && value < 1, name, value, "from 0 to below 1");
  }

  public static void atLeastOne(String name, int value) {
    check(value >= 1, name, value, "1 or more");
  }

  /** Of accumulators, which start somewhere. */
  static void cap(float cap, float start) {
    if (!(cap > 0 && cap >= start)) {
      throw new IllegalArgumentException(
          "accumulator cap is %s but must be above 0, and not below the initial accumulator, %s"
              .formatted(cap, start));
    }
  }

  /** Of what moves single parameters, not embedding vectors. */
  public static void forSingle(String name, OptimizerSettings optimizer) {
    if (optimizer.isForVectors()) {
      throw new IllegalArgumentException(
          name
              + " is row-wise Adagrad, which keeps one accumulator for an embedding vector, but"
              + " must keep one for each parameter: take Adagrad");
    }
  }

  private static void check(boolean right, String name, Number value, String expected) {
    if (!right) {
      throw new IllegalArgumentException(name + " is " + value + " but must be " + expected);
    }
  }
}
