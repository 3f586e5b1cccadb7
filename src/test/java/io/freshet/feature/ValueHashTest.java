package io.freshet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValueHashTest {

  /**
   * Models in the field hold these ids: a failure here means the hash must go back. The values were
   * made with Python's xxhash.
   */
  @Test
  void hashesNeverChange() {
    assertThat(ValueHash.of("")).isEqualTo(0xDEA8DAF603D6C7B8L);
    assertThat(ValueHash.of("u17")).isEqualTo(0xE9518C8045BF295AL);
    assertThat(ValueHash.of("grün €😀")).isEqualTo(0x488EB0350AA32401L);
    assertThat(ValueHash.of("a text longer than sixteen bytes")).isEqualTo(0x5E1FCE45312CD725L);
    assertThat(ValueHash.of(5L)).isEqualTo(0x19FA997EDC5DC546L);
    assertThat(ValueHash.of(0.1)).isEqualTo(0xA62106138656F4F3L);
    assertThat(ValueHash.mix(1, 2)).isEqualTo(0x2BE0D0B80FED3A67L);
    assertThat(Fids.of(7, ValueHash.of("u17"))).isEqualTo(0x00718C8045BF295AL);
    assertThat(Fids.missing(7)).isEqualTo(0x0070000000000000L);
    assertThat(Fids.number(7)).isEqualTo(0x0070000000000001L);
  }

  @Test
  void anIntegerIsOneValueHoweverItIsWritten() {
    long five = ValueHash.of("5");

    assertThat(of(5)).isEqualTo(five);
    assertThat(of(5L)).isEqualTo(five);
    assertThat(of(5.0)).isEqualTo(five);
    assertThat(of("5")).isEqualTo(five);
    assertThat(of(-0.0)).isEqualTo(of(0)).isEqualTo(of(0.0)).isEqualTo(of("0"));
    assertThat(of(1e20)).isEqualTo(of(BigInteger.TEN.pow(20)));
    assertThat(of(-0x1p63)).isEqualTo(of(Long.MIN_VALUE));
    assertThat(of("5.0")).isNotEqualTo(five);
  }

  @Test
  void integersBeyondTheDoublesStayApart() {
    assertThat(of(9007199254740993L)).isNotEqualTo(of(9007199254740992L));
    assertThat(of(new BigInteger("18446744073709551615")))
        .isNotEqualTo(of(new BigInteger("18446744073709551614")));
  }

  @Test
  void aFractionIsHashedByItsDouble() {
    assertThat(of(0.1)).isEqualTo(ValueHash.of(0.1)).isNotEqualTo(of("0.1"));
    assertThat(of(0.1)).isNotEqualTo(of(Math.nextUp(0.1)));
  }

  @Test
  void aBooleanIsItsText() {
    assertThat(of(true)).isEqualTo(ValueHash.of("true"));
    assertThat(of(false)).isEqualTo(ValueHash.of("false"));
  }

  @Test
  void aLoneSurrogateIsTheReplacementCharacter() {
    assertThat(of("a\ud83db")).isEqualTo(ValueHash.of("a\uFFFDb"));
  }

  @Test
  void mixingMindsTheOrder() {
    assertThat(ValueHash.mix(1, 2)).isNotEqualTo(ValueHash.mix(2, 1));
  }

  private static long of(Object value) {
    FeatureNames names = new FeatureNames(List.of("f"));
    return ValueHash.of(FeatureValues.of(names, Map.of("f", value)), 0);
  }
}
