package io.freshet.model.optimizer;

import static io.freshet.config.option.ValueType.limit;
import static io.freshet.config.option.ValueType.number;

import io.freshet.config.option.Kind;
import io.freshet.config.option.Section;
import io.freshet.config.option.ValueType;
import java.util.function.BiFunction;

/**
 * A kind of optimizer as a configuration names it, and the options that several kinds share.
 *
 * @param start settings where nothing else is given
 * @param read reads the kind's options, with other settings of the kind as defaults
 */
record OptimizerKind<T extends OptimizerSettings>(
    Class<T> type, String name, String sentence, T start, BiFunction<Section, T, T> read) {
  /** Sums of squares start here or above: at 0 the first step would divide by it. */
  static final double LEAST = 1e-6;

  static final ValueType<Float> DECAY = number(0, 0.999999);

  boolean has(OptimizerSettings settings) {
    return type.isInstance(settings);
  }

  /** This kind, whose defaults are those of the settings if they are of the same kind. */
  Kind<OptimizerSettings> from(OptimizerSettings otherwise) {
    T defaults = has(otherwise) ? type.cast(otherwise) : start;
    return new Kind<>(name, sentence, s -> read.apply(s, defaults));
  }

  static float learningRate(Section s, float otherwise) {
    return s.option("learning-rate", "Step width.").get(number(LEAST, 100), otherwise);
  }

  static float initialAccumulator(Section s, float otherwise) {
    return s.option(
            "initial-accumulator",
            "Start of the sums of squares; with several trainers, 0.1 or more.")
        .get(number(LEAST, 1000), otherwise);
  }

  static float accumulatorCap(Section s, float otherwise) {
    return s.option(
            "accumulator-cap",
            "Value above which accumulators do not count, so that the rate never falls below"
                + " learning-rate / √cap.")
        .get(limit(), otherwise);
  }
}
