package io.freshet.lab.bench.quality;

import io.freshet.lab.bench.quality.PlantedData.Turn;
import io.freshet.lab.replay.mapping.ReplayRow;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Rows with categories and numbers, and a truth between them and the clicks.
 *
 * <p>The first category is a user, drawn evenly; the others follow a power law. Each number is a
 * function of a normal score. The logit of the truth is the sum of: an effect of eight categories;
 * products of three pairs of categories; and of the scores, one linear, one at a threshold, one as
 * a square, a product of two, and one whose sign a category decides. Without truth, every row has
 * the same rate. The break is at the middle of the stream.
 */
final class PlantedRows implements Iterator<ReplayRow> {
  private static final long FIRST = Instant.parse("2024-01-01T00:00:00Z").toEpochMilli();
  private static final long STEP = 100;
  private static final int LEVELS = 50; // categories share their effects
  private static final int DIMENSIONS = 3;
  private static final double POWER = -1 / .6;
  private static final int MOST_VALUES = 40_000;
  private static final double MEAN_EFFECT = .35;

  private final PlantedData of;
  private final Mersenne64 random;
  private final double[][] effects;
  private final double[][][] vectors;
  private final double rate; // as a logit
  private int next;

  PlantedRows(PlantedData of) {
    this.of = of;
    random = new Mersenne64(of.seed);
    effects = new double[of.categories][LEVELS];
    vectors = new double[of.categories][LEVELS][DIMENSIONS];
    for (double[] field : effects) {
      fill(field);
    }
    for (double[][] field : vectors) {
      for (double[] vector : field) {
        fill(vector);
      }
    }
    rate = Math.log(of.base / (1 - of.base));
  }

  private void fill(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = random.normal();
    }
  }

  @Override
  public boolean hasNext() {
    return next < of.examples;
  }

  @Override
  public ReplayRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all " + of.examples + " rows are drawn");
    }
    int row = next++;
    Map<String, Object> features = new HashMap<>();
    int[] values = new int[of.categories];
    for (int i = 0; i < of.categories; i++) {
      values[i] = i == 0 ? (int) (random.uniform() * of.users) : category();
      features.put(PlantedData.category(i), Integer.toString(values[i]));
    }
    double[] scores = new double[of.numbers];
    for (int i = 0; i < of.numbers; i++) {
      scores[i] = random.normal();
      features.put(PlantedData.number(i), number(i, scores[i], row));
    }
    double probability = 1 / (1 + Math.exp(-logit(row, values, scores)));
    boolean clicked = random.uniform() < probability;
    if (of.missing) {
      features.clear();
    }
    Optional<String> key =
        Optional.ofNullable(features.get(PlantedData.category(0))).map(Object::toString);
    return new ReplayRow("row-" + row, FIRST + row * STEP, clicked, key, features);
  }

  private int category() {
    return (int) Math.min(Math.pow(1 - random.uniform(), POWER), MOST_VALUES);
  }

  private double number(int i, double score, int row) {
    double x = i >= of.numbers - of.constants ? 42 : tail(score);
    double scaled = of.offset + x * of.scale;
    return isAfterBreak(row) ? scaled * of.shift : scaled;
  }

  private double tail(double score) {
    return switch (of.tail) {
      case UNIFORM -> 1000 * normalShare(score);
      case LOG_NORMAL -> 100 * Math.exp(2 * score);
      case NORMAL -> 500 + 100 * score;
      case HALF_CAUCHY -> score < 0 ? 0 : 100 * Math.tan(angle(score));
    };
  }

  private static double angle(double score) {
    return Math.PI * (normalShare(score) - .5) * .9999;
  }

  /** The share of normal scores below this one, to 1e-7: Abramowitz and Stegun 7.1.26. */
  private static double normalShare(double score) {
    double x = Math.abs(score) / Math.sqrt(2);
    double t = 1 / (1 + .3275911 * x);
    double polynomial =
        t
            * (.254829592
                + t * (-.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    double above = .5 * polynomial * Math.exp(-x * x);
    return score < 0 ? above : 1 - above;
  }

  private boolean isAfterBreak(int row) {
    return row >= of.examples / 2;
  }

  private double logit(int row, int[] values, double[] scores) {
    double z = rate + of.rateDrift * Math.sin(6.28 * row / (of.examples / 2.0));
    if (of.truth) {
      z += of.strength * (truth(values, scores) - MEAN_EFFECT * of.strength);
    }
    if (isAfterBreak(row) && of.turn != Turn.NONE) {
      return of.turn == Turn.LOST ? rate : 2 * rate - z - 2 * MEAN_EFFECT;
    }
    return z;
  }

  private double truth(int[] values, double[] scores) {
    double z = 0;
    for (int i = 1; i < of.categories && i <= 8; i++) {
      z += .2 * effects[i][values[i] % LEVELS];
    }
    for (int i = 1; i <= 3 && i + 3 < of.categories; i++) {
      z += .15 * product(vectors[i][values[i] % LEVELS], vectors[i + 3][values[i + 3] % LEVELS]);
    }
    if (of.numbers > 5) {
      boolean up = of.categories > 1 && values[1] % 2 == 1;
      z +=
          .4 * scores[0]
              + .7 * ((scores[1] > 1 ? 1 : 0) - .16)
              + .25 * (scores[2] * scores[2] - 1)
              + .3 * scores[3] * scores[4]
              + (up ? .4 : -.4) * scores[5];
    }
    return z;
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
