package io.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.CharType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

final class FeatureColumnTest {
  private static final TimestampData TIME =
      TimestampData.fromEpochMillis(1_700_000_000_123L, 456_789);

  @Test
  void valuesAreWhatJsonAndAvroMakeOfThem() {
    assertThat(read(new VarCharType(), StringData.fromString("u1"))).isEqualTo("u1");
    assertThat(read(new CharType(2), StringData.fromString("nl"))).isEqualTo("nl");
    assertThat(read(new BooleanType(), true)).isEqualTo(true);
    assertThat(read(new TinyIntType(), (byte) 7)).isEqualTo((byte) 7);
    assertThat(read(new BigIntType(), 7L)).isEqualTo(7L);
    assertThat(read(new FloatType(), .1f)).isEqualTo(.1);
    assertThat(read(new DoubleType(), .1)).isEqualTo(.1);
    assertThat(read(new DateType(), 20_000)).isEqualTo(20_000);
    assertThat(read(new TimeType(), 1_000)).isEqualTo(1_000);
  }

  @Test
  void decimalsWithoutAFractionAreIntegers() {
    assertThat(read(new DecimalType(20, 0), decimal("12345678901234567890", 20, 0)))
        .isEqualTo(new BigInteger("12345678901234567890"));
    assertThat(read(new DecimalType(5, 2), decimal("2.50", 5, 2))).isEqualTo(2.5);
  }

  @Test
  void timestampsAreMillisecondsWhateverTheirPrecision() {
    assertThat(read(new TimestampType(3), TIME)).isEqualTo(1_700_000_000_123L);
    assertThat(read(new LocalZonedTimestampType(9), TIME)).isEqualTo(1_700_000_000_123L);
  }

  @Test
  void arraysAreListsWithoutTheirNulls() {
    Object[] genres = {StringData.fromString("war"), null};
    assertThat(read(new ArrayType(new VarCharType()), new GenericArrayData(genres)))
        .isEqualTo(List.of("war"));
    assertThat(read(new ArrayType(new FloatType(false)), new GenericArrayData(new float[] {.1f})))
        .isEqualTo(List.of(.1));
  }

  @Test
  void otherTypesAreNone() {
    assertThat(FeatureColumn.reader(new VarBinaryType())).isEmpty();
    assertThat(FeatureColumn.reader(new ArrayType(new VarBinaryType()))).isEmpty();
    assertThat(FeatureColumn.reader(new ArrayType(new ArrayType(new BigIntType())))).isEmpty();
  }

  private static Object read(LogicalType type, Object value) {
    return FeatureColumn.reader(type).orElseThrow().apply(value);
  }

  private static DecimalData decimal(String text, int precision, int scale) {
    return DecimalData.fromBigDecimal(new BigDecimal(text), precision, scale);
  }
}
