package io.freshet.sql;

import static io.freshet.event.Rejection.Kind.WRONG_TYPE;

import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.RejectedException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * The columns of INPUT: features by their names.
 *
 * @param names in their order
 * @param types of the same columns
 */
record InputColumns(List<String> names, List<LogicalType> types) implements Serializable {

  /**
   * The columns of a schema.
   *
   * @throws ValidationException naming the column whose type no feature has
   */
  static InputColumns of(ResolvedSchema schema) {
    List<LogicalType> types = new ArrayList<>();
    for (Column column : schema.getColumns()) {
      LogicalType type = column.getDataType().getLogicalType();
      if (!column.isPhysical() || FeatureColumn.reader(type).isEmpty()) {
        throw new ValidationException(
            "The column %s of INPUT is no feature; expected %s."
                .formatted(column.asSummaryString(), FeatureColumn.EXPECTED));
      }
      types.add(type);
    }
    return new InputColumns(List.copyOf(schema.getColumnNames()), List.copyOf(types));
  }

  /** What of these columns a model does not read, and what it reads that is none of them. */
  Optional<String> difference(FeatureNames features) {
    List<String> read = IntStream.range(0, features.size()).mapToObj(features::name).toList();
    List<String> unknown = names.stream().filter(name -> !read.contains(name)).toList();
    List<String> missing = read.stream().filter(name -> !names.contains(name)).toList();
    return unknown.isEmpty() && missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "INPUT has the columns %s, and the model reads the features %s%s%s"
                .formatted(
                    names, read, list("; missing: ", missing), list("; unknown: ", unknown)));
  }

  private static String list(String intro, List<String> names) {
    return names.isEmpty() ? "" : intro + String.join(", ", names);
  }

  /** A reader of rows; for one thread. */
  Reader reader() {
    return new Reader();
  }

  /** Reads rows of these columns. */
  final class Reader {
    private final List<RowData.FieldGetter> getters = new ArrayList<>();
    private final List<UnaryOperator<Object>> values = new ArrayList<>();

    private Reader() {
      for (LogicalType type : types) {
        getters.add(RowData.createFieldGetter(type, getters.size()));
        values.add(FeatureColumn.reader(type).orElseThrow());
      }
    }

    /** The features of a row; a null is none. */
    FeatureValues read(RowData row, FeatureNames features) throws RejectedException {
      Map<String, Object> read = new HashMap<>();
      for (int column = 0; column < getters.size(); column++) {
        Object found = getters.get(column).getFieldOrNull(row);
        if (found != null) {
          read.put(names.get(column), values.get(column).apply(found));
        }
      }
      try {
        return FeatureValues.of(features, read);
      } catch (IllegalArgumentException e) {
        throw new RejectedException(WRONG_TYPE, e.getMessage());
      }
    }
  }
}
