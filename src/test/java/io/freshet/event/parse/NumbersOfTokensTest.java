package io.freshet.event.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The texts and numbers that tokens of binary formats make for themselves. */
final class NumbersOfTokensTest {
  private static final long SEED = 20260601L;

  @Test
  void integersHaveTheirDigits() {
    Random random = new Random(SEED);
    DecimalDigits digits = new DecimalDigits();
    for (int i = 0; i < 10_000; i++) {
      long value = i == 0 ? Long.MIN_VALUE : i == 1 ? 0 : random.nextLong() >> random.nextInt(64);

      char[] chars = digits.of(value);

      assertThat(new String(chars, digits.offset(), digits.length()))
          .isEqualTo(Long.toString(value));
    }
  }

  @Test
  void floatsAreWhatTheirTextSays() {
    Random random = new Random(SEED);
    for (int i = 0; i < 100_000; i++) {
      float value =
          switch (i % 3) {
            case 0 -> random.nextInt(100_000) / 100f;
            case 1 -> (float) random.nextGaussian();
            default -> Float.intBitsToFloat(random.nextInt());
          };

      assertThat(ShortestDecimal.of(value))
          .as("seed %d: %s", SEED, value)
          .isEqualTo(Double.valueOf(Float.toString(value)));
    }
  }
}
