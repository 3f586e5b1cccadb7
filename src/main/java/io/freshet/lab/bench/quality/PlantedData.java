package io.freshet.lab.bench.quality;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import io.freshet.lab.replay.mapping.ReplayRow;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of a generated stream: {@link PlantedRows} says what they make. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
final class PlantedData implements StreamData {
  /** How the numbers are distributed, before scale and offset. */
  enum Tail {
    /** From 0 to 1000. */
    UNIFORM,
    /** Around 100, with a deviation of 2 in the logarithm. */
    LOG_NORMAL,
    /** Around 500, with a deviation of 100. */
    NORMAL,
    /** Half of them 0, the others half-Cauchy with a median of 100. */
    HALF_CAUCHY
  }

  /** What becomes of the truth where the stream breaks. */
  enum Turn {
    NONE,
    /** What raised the rate lowers it. */
    REVERSED,
    /** Nothing has any effect. */
    LOST
  }

  int examples = 25_000;
  int categories = 26;
  int numbers = 13;
  boolean truth;
  Tail tail = Tail.UNIFORM;
  double base = .03; // rate of clicks
  double strength = 1; // of the truth's effects
  double scale = 1;
  double offset;
  double shift = 1; // factor of the numbers from the break on
  Turn turn = Turn.NONE;
  double rateDrift; // amplitude, in the logit, of two waves of the rate
  int constants; // numbers that are always the same
  boolean missing; // whether no row has any feature
  int users = 100_000;
  long seed = 7;

  @Override
  public Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < categories; i++) {
      fields.put(category(i), "categorical");
    }
    for (int i = 0; i < numbers; i++) {
      fields.put(number(i), "numeric");
    }
    return fields;
  }

  @Override
  public String userField() {
    return category(0);
  }

  @Override
  public Iterator<ReplayRow> rows() {
    return new PlantedRows(this);
  }

  static String category(int i) {
    return "c" + i;
  }

  static String number(int i) {
    return "n" + i;
  }
}
