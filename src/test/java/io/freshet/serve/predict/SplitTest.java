package io.freshet.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.serve.request.HttpError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitTest {
  private static final Split SPLIT = Split.of("ads", Optional.of("user"), List.of(70.0, 30.0));
  private static final FeatureNames NAMES = new FeatureNames(List.of("user", "item"));

  /**
   * Places computed with {@code xxhash.xxh3_64_intdigest(("ads/" + user).encode()) % 10000} in
   * Python: a client can say which model answers.
   */
  @ParameterizedTest
  @CsvSource({
    "u1, 3810",
    "u2, 7496",
    "u3, 9152",
    "u17, 2728",
    "ü, 5307",
    "9007199254740993, 2719",
    "true, 9774"
  })
  void thePlaceIsWhatPythonComputes(String user, int place) throws HttpError {
    double before = place / 100.0;
    Split upToThePlace = Split.of("ads", Optional.of("user"), List.of(before, 100 - before));
    double with = (place + 1) / 100.0;
    Split withThePlace = Split.of("ads", Optional.of("user"), List.of(with, 100 - with));

    assertThat(upToThePlace.arm(user)).isEqualTo(1);
    assertThat(withThePlace.arm(user)).isZero();
    assertThat(SPLIT.arm(request(user))).isEqualTo(place < 7000 ? 0 : 1);
  }

  @Test
  void sharesAreAsPythonCountsThem() {
    long second = 0;
    for (int i = 0; i < 1000; i++) {
      second += SPLIT.arm("u" + i);
    }

    assertThat(second).isEqualTo(280);
  }

  @Test
  void aModelThatGainsKeepsItsUsers() {
    Split grown = Split.of("ads", Optional.of("user"), List.of(50.0, 50.0));

    for (int i = 0; i < 1000; i++) {
      assertThat(grown.arm("u" + i)).isGreaterThanOrEqualTo(SPLIT.arm("u" + i));
    }
  }

  @Test
  void aNumberAndItsTextAreOneUser() throws HttpError {
    FeatureValues number = FeatureValues.of(NAMES, Map.of("user", 9007199254740993L));

    assertThat(SPLIT.arm(List.of(number))).isEqualTo(SPLIT.arm("9007199254740993"));
  }

  @Test
  void whoIsUnknownIsTheFirstModels() throws HttpError {
    assertThat(SPLIT.arm(List.of(FeatureValues.of(NAMES, Map.of("item", "i1"))))).isZero();
    assertThat(SPLIT.arm(List.of())).isZero();
  }

  @Test
  void aRequestIsOfOneUser() {
    assertThatThrownBy(() -> SPLIT.arm(request("u1", "u1", "u2")))
        .hasMessage(
            "instances[2].features.user is \"u2\"; expected \"u1\", as in the first: \"ads\""
                + " answers by it");
    assertThatThrownBy(
            () -> SPLIT.arm(List.of(FeatureValues.of(NAMES, Map.of("user", List.of("u1", "u2"))))))
        .hasMessage(
            "instances[0].features.user is not one string or integer, by which \"ads\" answers");
    assertThatThrownBy(() -> SPLIT.arm(List.of(FeatureValues.of(NAMES, Map.of("user", 0.5)))))
        .hasMessageContaining("not one string or integer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "60,30: the shares add up to 90; expected 100",
        "99.999,0.001: the share 99.999 is not allowed; expected 0 to 100 with at most two digits",
        "-1,101: the share -1.0 is not allowed"
      })
  void sharesThatAreNoneAreRefused(String shares, String reason) {
    List<Double> percentages = List.of(shares.split(",")).stream().map(Double::valueOf).toList();

    assertThatThrownBy(() -> Split.of("ads", Optional.of("user"), percentages))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(reason);
  }

  private static List<FeatureValues> request(String... users) {
    return List.of(users).stream()
        .map(user -> FeatureValues.of(NAMES, new HashMap<>(Map.of("user", user, "item", "i1"))))
        .toList();
  }
}
