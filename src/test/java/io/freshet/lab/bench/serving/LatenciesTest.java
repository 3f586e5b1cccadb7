package io.freshet.lab.bench.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @Test
  void aPercentileIsNotExceededByThatShare() {
    IntStream.rangeClosed(1, 100).mapToObj(Duration::ofMillis).forEach(latencies::add);

    assertThat(latencies.size()).isEqualTo(100);
    assertThat(latencies.millis(50)).isCloseTo(50, withinPercentage(.1));
    assertThat(latencies.millis(99)).isCloseTo(99, withinPercentage(.1));
    assertThat(latencies.millis(100)).isCloseTo(100, withinPercentage(.1));
    assertThat(latencies.millis(0)).isCloseTo(1, withinPercentage(.1));
  }

  @Test
  void ofOneAllAreTheSame() {
    latencies.add(Duration.ofMillis(7));

    assertThat(latencies.millis(50)).isEqualTo(latencies.millis(99));
  }
}
