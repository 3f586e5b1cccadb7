package io.freshet.job.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Map;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;

final class RowJsonTest {
  private static String json(Object value) throws Exception {
    Row row = Row.withNames();
    row.setField("x", value);
    return new String(new RowJson().of(row), UTF_8);
  }

  /** A categorical value is its text: as a double, .1 would be another one. */
  @Test
  void aFloatIsTheShortestDecimalThatIsIt() throws Exception {
    assertThat(json(0.1f)).isEqualTo("{\"x\":0.1}");
    assertThat(json(0.1)).isEqualTo("{\"x\":0.1}");
  }

  @Test
  void timesAreWhatADecoderTakes() throws Exception {
    assertThat(json(Instant.ofEpochMilli(1234))).isEqualTo("{\"x\":1234}");
    assertThat(json(LocalDateTime.of(1970, 1, 1, 0, 0, 1))).isEqualTo("{\"x\":1000}");
    assertThat(json(LocalDate.of(1970, 1, 3))).isEqualTo("{\"x\":2}");
    assertThat(json(LocalTime.of(0, 0, 2))).isEqualTo("{\"x\":2000}");
  }

  @Test
  void otherValuesAreThemselves() throws Exception {
    assertThat(json(null)).isEqualTo("{\"x\":null}");
    assertThat(json(new BigDecimal("1.50"))).isEqualTo("{\"x\":1.50}");
    assertThat(json(new Long[] {1L, null})).isEqualTo("{\"x\":[1,null]}");
    assertThat(json(Map.of("a", true))).isEqualTo("{\"x\":{\"a\":true}}");
  }
}
