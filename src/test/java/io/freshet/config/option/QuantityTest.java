package io.freshet.config.option;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class QuantityTest {

  @Test
  void durationsAreMilliseconds() {
    assertThat(Quantity.DURATION.parse("20 ms")).contains(20L);
    assertThat(Quantity.DURATION.parse("30s")).contains(30_000L);
    assertThat(Quantity.DURATION.parse("30 min")).contains(1_800_000L);
    assertThat(Quantity.DURATION.parse("1 h")).contains(3_600_000L);
    assertThat(Quantity.DURATION.parse("2 d")).contains(172_800_000L);
  }

  @Test
  void sizesCountBy1024() {
    assertThat(Quantity.SIZE.parse("7 B")).contains(7L);
    assertThat(Quantity.SIZE.parse("1 KB")).contains(1024L);
    assertThat(Quantity.SIZE.parse("1 MB")).contains(1_048_576L);
    assertThat(Quantity.SIZE.parse("2 GB")).contains(1L << 31);
  }

  @Test
  void everythingElseIsRefused() {
    for (String text :
        List.of("", "1", "s", "-1 s", "1.5 h", "1  s", " 1 s", "1 S", "1 MB", "01 s", "٣ s")) {
      assertThat(Quantity.DURATION.parse(text)).as(text).isEmpty();
    }
    assertThat(Quantity.DURATION.parse("999999999999999999 d")).isEmpty();
    assertThat(Quantity.DURATION.parse("9999999999999999999 s")).isEmpty();
  }
}
