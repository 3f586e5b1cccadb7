package io.freshet.sql;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * The columns of OUTPUT.
 *
 * @param parts what each column holds
 * @param probability the name of the column of the probability: of a task, where the model has one
 *     of that name
 */
record OutputColumns(List<Part> parts, String probability) implements Serializable {

  /** What a column holds. */
  enum Part {
    PROBABILITY,
    PROBABILITY_AS_FLOAT,
    VERSION,
    ERROR
  }

  /**
   * The columns of a schema.
   *
   * @throws ValidationException where there is not one probability, or a column is unknown
   */
  static OutputColumns of(ResolvedSchema schema) {
    List<Part> parts = new ArrayList<>();
    for (Column column : schema.getColumns()) {
      parts.add(part(column));
    }
    long probabilities = parts.stream().filter(OutputColumns::isProbability).count();
    if (probabilities != 1) {
      throw new ValidationException(
          "OUTPUT has %s columns for the probability; expected one of type DOUBLE or FLOAT."
              .formatted(probabilities));
    }
    if (parts.contains(Part.ERROR)) {
      schema.getColumns().forEach(OutputColumns::checkNullable);
    }
    int probability =
        IntStream.range(0, parts.size())
            .filter(i -> isProbability(parts.get(i)))
            .findFirst()
            .orElseThrow();
    return new OutputColumns(List.copyOf(parts), schema.getColumnNames().get(probability));
  }

  private static Part part(Column column) {
    LogicalType type = column.getDataType().getLogicalType();
    boolean isString = type.copy(true).equals(VarCharType.STRING_TYPE);
    if (!column.isPhysical()) {
      throw wrong(column);
    }
    return switch (type.getTypeRoot()) {
      case DOUBLE -> Part.PROBABILITY;
      case FLOAT -> Part.PROBABILITY_AS_FLOAT;
      default -> {
        if (isString && column.getName().equals("version")) {
          yield Part.VERSION;
        } else if (isString && column.getName().equals("error")) {
          yield Part.ERROR;
        }
        throw wrong(column);
      }
    };
  }

  private static void checkNullable(Column column) {
    if (!column.getDataType().getLogicalType().isNullable()
        && !column.getName().equals("version")) {
      throw new ValidationException(
          "The column %s of OUTPUT is NOT NULL; expected that it may be null, as there is an error column."
              .formatted(column.asSummaryString()));
    }
  }

  private static ValidationException wrong(Column column) {
    return new ValidationException(
        "The column %s of OUTPUT is unknown; expected one DOUBLE or FLOAT for the probability, and, if wanted, version STRING and error STRING."
            .formatted(column.asSummaryString()));
  }

  private static boolean isProbability(Part part) {
    return part == Part.PROBABILITY || part == Part.PROBABILITY_AS_FLOAT;
  }

  /** Whether a row without a probability says why, and does not fail the job. */
  boolean hasError() {
    return parts.contains(Part.ERROR);
  }

  RowData scored(float probability, String version) {
    return row(probability, version, null);
  }

  RowData failed(String error, String version) {
    return row(null, version, error);
  }

  private RowData row(Float probability, String version, String error) {
    GenericRowData row = new GenericRowData(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      row.setField(
          i,
          switch (parts.get(i)) {
            case PROBABILITY -> probability == null ? null : probability.doubleValue();
            case PROBABILITY_AS_FLOAT -> probability;
            case VERSION -> StringData.fromString(version);
            case ERROR -> StringData.fromString(error);
          });
    }
    return row;
  }
}
