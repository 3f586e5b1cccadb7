package io.freshet.lab.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {

  @Test
  void aShareOfTheDurationsIsAtMostItsPercentile() {
    List<Duration> hundred = IntStream.rangeClosed(1, 100).mapToObj(Duration::ofMillis).toList();

    Percentiles percentiles = new Percentiles(hundred);

    assertThat(percentiles.millis(.5)).isEqualTo(50);
    assertThat(percentiles.millis(.99)).isEqualTo(99);
    assertThat(percentiles.millis(1)).isEqualTo(100);
    assertThat(percentiles.millis(0)).isEqualTo(1);
  }

  @Test
  void ofOneAllAreTheSame() {
    Percentiles one = new Percentiles(List.of(Duration.ofMillis(7)));

    assertThat(one.millis(.5)).isEqualTo(7);
    assertThat(one.millis(.99)).isEqualTo(7);
  }
}
