package io.freshet.sql;

import io.freshet.event.parse.ShortestDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;

/** What SQL's values are as raw values of features: the same as where a learner reads tables. */
final class FeatureColumn {
  static final String EXPECTED =
      "STRING, BOOLEAN, a number, DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ, or ARRAY of one of them";

  private FeatureColumn() {}

  /** From a column's value, in Flink's internal form, to a feature's; nothing for other types. */
  static Optional<UnaryOperator<Object>> reader(LogicalType type) {
    return type instanceof ArrayType array
        ? scalar(array.getElementType()).map(element -> list(array.getElementType(), element))
        : scalar(type);
  }

  private static Optional<UnaryOperator<Object>> scalar(LogicalType type) {
    return Optional.ofNullable(
        switch (type.getTypeRoot()) {
          case CHAR, VARCHAR -> Object::toString;
          case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, DOUBLE -> UnaryOperator.identity();
          case DATE, TIME_WITHOUT_TIME_ZONE -> UnaryOperator.identity(); // days; milliseconds
          case FLOAT -> value -> ShortestDecimal.of((Float) value);
          case DECIMAL -> decimal((DecimalType) type);
          case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
              value -> ((TimestampData) value).getMillisecond();
          default -> null;
        });
  }

  private static UnaryOperator<Object> decimal(DecimalType type) {
    return type.getScale() == 0
        ? value -> ((DecimalData) value).toBigDecimal().toBigIntegerExact()
        : value -> ((DecimalData) value).toBigDecimal().doubleValue();
  }

  private static UnaryOperator<Object> list(LogicalType type, UnaryOperator<Object> element) {
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(type);
    return value -> {
      ArrayData array = (ArrayData) value;
      List<Object> values = new ArrayList<>(array.size());
      for (int i = 0; i < array.size(); i++) {
        Object found = getter.getElementOrNull(array, i);
        if (found != null) {
          values.add(element.apply(found));
        }
      }
      return values;
    };
  }
}
