package io.freshet.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EventSettingsTest {

  @Test
  void defaultsAreOneMegabyteAThousandValuesAndTenMinutes() {
    assertThat(EventSettings.DEFAULT)
        .isEqualTo(EventSettings.DEFAULT.withLimits(1_048_576, 1000, Duration.ofMinutes(10)));
  }

  @Test
  void limitsThatLetNothingThroughAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventSettings.DEFAULT.withLimits(0, 1, Duration.ZERO))
        .withMessageContaining("maxBytes 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventSettings.DEFAULT.withLimits(1, 0, Duration.ZERO))
        .withMessageContaining("maxValues 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventSettings.DEFAULT.withLimits(1, 1, Duration.ofMillis(-1)))
        .withMessageContaining("maxAhead PT-0.001S");
  }
}
