package io.freshet.train.dense;

import io.freshet.model.gauge.PublishedGauge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of each prediction comes from the base rate, from first-order terms alone, and from the
 * whole model. It is logged when a model that was trusted is not any more.
 *
 * @param wasTrusted whether the whole model had most of the weight since this was last logged
 */
record ExpertWeights(double baseRate, double firstOrder, boolean wasTrusted) {
  private static final Logger LOG = LoggerFactory.getLogger(ExpertWeights.class);
  private static final double TRUSTED = 0.9;
  private static final double USELESS = 0.1;

  ExpertWeights(PublishedGauge gauge) {
    this(gauge.baseRateWeight(), gauge.firstOrderWeight(), false);
  }

  double model() {
    return 1 - baseRate - firstOrder;
  }

  /** Those that follow these. */
  ExpertWeights next(PublishedGauge gauge) {
    double base = gauge.baseRateWeight();
    double first = gauge.firstOrderWeight();
    double whole = 1 - base - first;
    if (wasTrusted && whole < USELESS) {
      LOG.warn(
          "the model is not trusted any more: predictions are {} % the base rate's, {} % those of"
              + " first-order weights; a part that stays ruined can be reset: train --restore STATE"
              + " --reset dense",
          Math.round(100 * base), Math.round(100 * first));
    }
    return new ExpertWeights(base, first, whole > TRUSTED || wasTrusted && whole >= USELESS);
  }
}
