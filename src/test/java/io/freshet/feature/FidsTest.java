package io.freshet.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class FidsTest {

  @Test
  void theFieldStandsInTheHighBitsAndTheHashInTheLow() {
    assertThat(Fids.of(0xABC, 0xFFF123456789ABCDL)).isEqualTo(0xABC123456789ABCDL);
    assertThat(Fids.field(Fids.of(Fids.MAX_FIELD, -1))).isEqualTo(Fids.MAX_FIELD);
  }

  @Test
  void fieldsThatDoNotFitAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Fids.of(Fids.MAX_FIELD + 1, 0))
        .withMessageContaining("field number 4096 is not in 0..4095");
    assertThatIllegalArgumentException().isThrownBy(() -> Fids.of(-1, 0));
  }
}
