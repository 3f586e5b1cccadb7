package io.freshet.serve.predict;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.serve.request.HttpError;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Says which of several models answers: by a hash of a feature, so that a user has the same model
 * on every server and on every day.
 *
 * <p>The place of a value is XXH3-64 (seed 0) of {@code name/value} in UTF-8, unsigned, modulo
 * {@value #PLACES}. The first model has the places from 0 on, as many as its share, the next those
 * after them, and so on. A request without the feature is the first model's.
 *
 * @param name of the split; another name, another split of the users
 * @param by the feature: a string, an integer or a boolean; absent where one model has all places
 * @param ends of the models' places, exclusive; the last is {@value #PLACES}
 */
public record Split(String name, Optional<String> by, List<Integer> ends) {
  static final int PLACES = 10_000;

  private static final int PLACES_OF_PERCENT = 100;
  private static final Hasher64 HASH = Hashing.xxh3_64();

  public Split {
    ends = List.copyOf(ends);
    if (ends.size() > 1 && by.isEmpty()) {
      throw new IllegalArgumentException("several models and no feature that says which answers");
    }
  }

  /**
   * A split by shares.
   *
   * @throws IllegalArgumentException where they are not percentages of at most two digits after the
   *     point that add up to 100
   */
  public static Split of(String name, Optional<String> by, List<Double> percentages) {
    int[] end = {0};
    List<Integer> ends = percentages.stream().map(share -> end[0] += places(share)).toList();
    if (end[0] != PLACES) {
      throw new IllegalArgumentException(
          "the shares add up to %s; expected 100"
              .formatted(BigDecimal.valueOf(end[0], 2).stripTrailingZeros().toPlainString()));
    }
    return new Split(name, by, ends);
  }

  private static int places(double share) {
    double places = share * PLACES_OF_PERCENT;
    if (!(places >= 0) || places > PLACES || Math.abs(places - Math.rint(places)) > 1e-6) {
      throw new IllegalArgumentException(
          "the share %s is not allowed; expected 0 to 100 with at most two digits after the point"
              .formatted(share));
    }
    return (int) Math.rint(places);
  }

  /** The share of a model in percent. */
  public double percentage(int arm) {
    int begin = arm == 0 ? 0 : ends.get(arm - 1);
    return (double) (ends.get(arm) - begin) / PLACES_OF_PERCENT;
  }

  /** The index of the model for a value. */
  public int arm(String value) {
    long hash = HASH.hashBytesToLong((name + '/' + value).getBytes(StandardCharsets.UTF_8));
    long place = Long.remainderUnsigned(hash, PLACES);
    int arm = 0;
    while (place >= ends.get(arm)) {
      arm++;
    }
    return arm;
  }

  /** The index of the model for a request, all of whose instances have the same value. */
  int arm(List<FeatureValues> instances) throws HttpError {
    if (instances.isEmpty() || by.isEmpty()) {
      return 0;
    }
    FeatureNames names = instances.get(0).names();
    int feature = names.indexOf(by.get());
    String first = value(instances, 0, feature);
    for (int i = 1; i < instances.size(); i++) {
      String other = value(instances, i, feature);
      if (!other.equals(first)) {
        throw HttpError.bad(
            "instances[%s].features.%s is \"%s\"; expected \"%s\", as in the first: \"%s\" answers by it"
                .formatted(i, by.get(), other, first, name));
      }
    }
    return first.isEmpty() ? 0 : arm(first);
  }

  /** The value's text; empty where it is missing. */
  private String value(List<FeatureValues> instances, int index, int feature) throws HttpError {
    FeatureValues values = instances.get(index);
    if (values.count(feature) == 0) {
      return "";
    }
    int value = values.first(feature);
    if (values.count(feature) > 1 || values.type(value) == FeatureValues.Type.DOUBLE) {
      throw HttpError.bad(
          "instances[%s].features.%s is not one string or integer, by which \"%s\" answers"
              .formatted(index, by.get(), name));
    }
    return values.text(value);
  }
}
