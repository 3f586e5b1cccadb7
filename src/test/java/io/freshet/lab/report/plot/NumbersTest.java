package io.freshet.lab.report.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class NumbersTest {

  @Test
  void bytesTakeTheUnitThatFits() {
    assertThat(Numbers.bytes(0)).isEqualTo("0 B");
    assertThat(Numbers.bytes(999)).isEqualTo("999 B");
    assertThat(Numbers.bytes(1_500)).isEqualTo("1.5 KB");
    assertThat(Numbers.bytes(999_600)).isEqualTo("1.0 MB");
    assertThat(Numbers.bytes(123_456_789)).isEqualTo("123 MB");
  }

  @Test
  void durationsTakeTheirTwoLargestUnits() {
    assertThat(Numbers.duration(Duration.ofMillis(250))).isEqualTo("250 ms");
    assertThat(Numbers.duration(Duration.ZERO)).isEqualTo("0 s");
    assertThat(Numbers.duration(Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(Numbers.duration(Duration.ofSeconds(60))).isEqualTo("1 min");
    assertThat(Numbers.duration(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
    assertThat(Numbers.duration(Duration.ofMinutes(150))).isEqualTo("2 h 30 min");
    assertThat(Numbers.duration(Duration.ofHours(50))).isEqualTo("2 d 2 h");
  }

  @Test
  void decimalsAreRoundedAndNeverMinusZero() {
    assertThat(Numbers.decimal(12_345.678, 1)).isEqualTo("12,345.7");
    assertThat(Numbers.decimal(-0.00001, 2)).isEqualTo("0.00");
    assertThat(Numbers.decimal(-1.5, 1)).isEqualTo("−1.5");
    assertThat(Numbers.decimal(Double.NaN, 2)).isEqualTo("–");
    assertThat(Numbers.percent(0.1234)).isEqualTo("12.3 %");
  }
}
