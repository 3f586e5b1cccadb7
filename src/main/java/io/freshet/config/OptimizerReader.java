package io.freshet.config;

import static io.freshet.config.ValueParser.most;
import static io.freshet.config.ValueParser.number;
import static io.freshet.config.ValueParser.oneOf;

import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.OptimizerSettings.Adagrad;
import io.freshet.model.optimizer.OptimizerSettings.Adam;
import io.freshet.model.optimizer.OptimizerSettings.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings.Momentum;
import io.freshet.model.optimizer.OptimizerSettings.RowWiseAdagrad;
import io.freshet.model.optimizer.OptimizerSettings.Sgd;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads an optimiser: {@code {kind: ftrl, alpha: 0.5}}. Without a kind it is the default's; rates
 * that are not given are the default's when it is of the same kind, else those of the kind.
 */
final class OptimizerReader {
  /** Sums of squares start here or above: at 0 the first step would divide by it. */
  private static final double LEAST = 1e-6;

  private static final double NEAR_ONE = 0.999999;

  private static final Map<String, OptimizerSettings> KINDS =
      Map.of(
          "sgd", new Sgd(0.01f),
          "adagrad", new Adagrad(0.1f, 0.1f),
          "ftrl", new Ftrl(0.5f, 1, 0, 0),
          "adam", new Adam(0.001f, 0.9f, 0.999f, 1e-8f, 0),
          "momentum", new Momentum(0.01f, 0.9f));

  private static final Map<String, OptimizerSettings> KINDS_FOR_VECTORS = kindsForVectors();

  private OptimizerReader() {}

  private static Map<String, OptimizerSettings> kindsForVectors() {
    Map<String, OptimizerSettings> kinds = new HashMap<>(KINDS);
    kinds.put("rowwise-adagrad", new RowWiseAdagrad(0.1f, 0.1f));
    return Map.copyOf(kinds);
  }

  static OptimizerSettings read(Section s, OptimizerSettings otherwise) {
    return read(s, otherwise, KINDS);
  }

  /** One that may move vectors as a whole. */
  static OptimizerSettings readForVectors(Section s, OptimizerSettings otherwise) {
    return read(s, otherwise, KINDS_FOR_VECTORS);
  }

  private static OptimizerSettings read(
      Section s, OptimizerSettings otherwise, Map<String, OptimizerSettings> kinds) {
    OptimizerSettings kind = s.kind("kind", otherwise, oneOf(kinds));
    OptimizerSettings start = kind.getClass() == otherwise.getClass() ? otherwise : kind;
    if (start instanceof Sgd d) {
      return new Sgd(rate(s, d.learningRate()));
    } else if (start instanceof Adagrad d) {
      return new Adagrad(
          rate(s, d.learningRate()),
          s.get("initial-accumulator", d.initialAccumulator(), number(LEAST, 1000)),
          cap(s, d.accumulatorCap()));
    } else if (start instanceof RowWiseAdagrad d) {
      return new RowWiseAdagrad(
          rate(s, d.learningRate()),
          s.get("initial-accumulator", d.initialAccumulator(), number(LEAST, 1000)),
          cap(s, d.accumulatorCap()));
    } else if (start instanceof Ftrl d) {
      return new Ftrl(
          s.get("alpha", d.alpha(), number(LEAST, 100)),
          s.get("beta", d.beta(), number(LEAST, 1000)),
          s.get("l1", d.l1(), number(0, 1000)),
          s.get("l2", d.l2(), number(0, 1000)),
          cap(s, d.accumulatorCap()));
    } else if (start instanceof Adam d) {
      return new Adam(
          rate(s, d.learningRate()),
          s.get("beta1", d.beta1(), number(0, NEAR_ONE)),
          s.get("beta2", d.beta2(), number(0, NEAR_ONE)),
          s.get("epsilon", d.epsilon(), number(1e-12, 1)),
          s.get("weight-decay", d.weightDecay(), number(0, 1000)));
    } else if (start instanceof Momentum d) {
      return new Momentum(
          rate(s, d.learningRate()), s.get("momentum", d.momentum(), number(0, NEAR_ONE)));
    }
    throw new IllegalStateException("no keys for " + start);
  }

  private static float cap(Section s, float otherwise) {
    return s.get("accumulator-cap", otherwise, most());
  }

  private static float rate(Section s, float otherwise) {
    return s.get("learning-rate", otherwise, number(LEAST, 100));
  }
}
