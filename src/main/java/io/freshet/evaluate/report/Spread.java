package io.freshet.evaluate.report;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * How the examples of a span are spread over users and over predictions.
 *
 * @param gauc AUC within users
 * @param deciles prediction and truth by tenths of the examples, lowest predictions first; empty
 *     without examples
 */
public record Spread(@JsonUnwrapped GroupedAuc gauc, List<Decile> deciles) {
  public static final Spread NONE = new Spread(GroupedAuc.NONE, List.of());

  public Spread {
    requireNonNull(gauc, "gauc");
    deciles = List.copyOf(deciles);
  }

  /**
   * Expected calibration error over the deciles (Naeini et al., AAAI 2015, with bins of equal
   * weight): the mean distance of prediction and rate, by weight; NaN without examples.
   */
  @JsonProperty
  public double calibrationError() {
    double sum = 0;
    double weights = 0;
    for (Decile decile : deciles) {
      sum += decile.weight() * Math.abs(decile.prediction() - decile.rate());
      weights += decile.weight();
    }
    return sum / weights;
  }
}
