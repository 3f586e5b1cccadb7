package io.freshet.model.optimizer;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An optimizer's settings by name, as state has them: the kind, and each component of its record,
 * such as {@code learning-rate}. A component that is renamed is another constant to restored state.
 */
public record OptimizerConstants(String kind, Map<String, Float> values) {
  public OptimizerConstants {
    requireNonNull(kind, "kind");
    values = Map.copyOf(values);
  }

  public static OptimizerConstants of(OptimizerSettings settings) {
    try {
      Map<String, Float> values = new TreeMap<>();
      for (RecordComponent component : settings.getClass().getRecordComponents()) {
        values.put(name(component), (Float) component.getAccessor().invoke(settings));
      }
      return new OptimizerConstants(Optimizers.kind(settings), values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + settings, e);
    }
  }

  /**
   * The settings.
   *
   * @throws IllegalArgumentException if there is no such kind, or a constant is missing
   */
  public OptimizerSettings settings() {
    RecordComponent[] components = Optimizers.type(kind).getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Arrays.fill(types, float.class);
    try {
      return Optimizers.type(kind)
          .getDeclaredConstructor(types)
          .newInstance(Arrays.stream(components).map(c -> value(name(c))).toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + this, e);
    }
  }

  private Float value(String name) {
    if (!values.containsKey(name)) {
      throw new IllegalArgumentException(
          "optimizer %s has no %s, only %s".formatted(kind, name, values));
    }
    return values.get(name);
  }

  private static String name(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
