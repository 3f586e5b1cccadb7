package io.freshet.snapshot.format;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.gauge.PublishedGauge.OfTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * The gauge as tensors of doubles, ahead of the dense part's in one file:
 *
 * <pre>
 * gauge.offset   [1]     the log odds of the base rate
 * gauge.experts  [n, 4]  of each: first-order share, logit share, weight, correction
 * gauge.numbers  [n, 4]  of each number that a field carries, in the schema's order, of a vector
 *                        each component: the field's number, unit of the logarithm (0: none is
 *                        taken), mean, deviation; left out where there is none
 * gauge.1.offset, gauge.1.experts, …  of each task in addition to the first
 * </pre>
 *
 * <p>A file without them is of a model without a gauge.
 */
public final class GaugeTensors {
  private static final String PREFIX = "gauge.";
  private static final String OFFSET = PREFIX + "offset";
  private static final String EXPERTS = PREFIX + "experts";
  private static final String NUMBERS = PREFIX + "numbers";
  private static final int COLUMNS = 4;

  private GaugeTensors() {}

  /** Whether a tensor of this name is one of the gauge. */
  public static boolean isOne(String name) {
    return name.startsWith(PREFIX);
  }

  /** The values of each tensor by name, row by row, in the order of the file. */
  public static Map<String, double[]> values(PublishedGauge gauge, FeatureSchema schema) {
    Map<String, double[]> values = new LinkedHashMap<>();
    if (gauge.equals(PublishedGauge.NONE)) {
      return values;
    }
    values.put(OFFSET, new double[] {gauge.offset()});
    values.put(EXPERTS, experts(gauge));
    if (!gauge.numbers().isEmpty()) {
      values.put(NUMBERS, numbers(gauge.numbers(), numberFields(schema)));
    }
    for (int task = 1; task < gauge.tasks(); task++) {
      values.put(name(OFFSET, task), new double[] {gauge.of(task).offset()});
      values.put(name(EXPERTS, task), experts(gauge.of(task)));
    }
    return values;
  }

  /** Of a task's tensor. */
  private static String name(String first, int task) {
    return task == 0 ? first : PREFIX + task + "." + first.substring(PREFIX.length());
  }

  private static double[] experts(PublishedGauge gauge) {
    return gauge.experts().stream()
        .flatMapToDouble(
            e -> DoubleStream.of(e.firstOrder(), e.logit(), e.weight(), e.correction()))
        .toArray();
  }

  private static double[] numbers(List<NumberScale> numbers, List<Field> fields) {
    if (numbers.size() != fields.size()) {
      throw new IllegalArgumentException(
          "a gauge of %s numbers, and the schema has %s".formatted(numbers.size(), fields.size()));
    }
    double[] values = new double[COLUMNS * numbers.size()];
    for (int i = 0; i < numbers.size(); i++) {
      NumberScale number = numbers.get(i);
      values[COLUMNS * i] = fields.get(i).number();
      values[COLUMNS * i + 1] = number.unit();
      values[COLUMNS * i + 2] = number.mean();
      values[COLUMNS * i + 3] = number.deviation();
    }
    return values;
  }

  /** The tensor that holds some values. */
  public static Tensor tensor(String name, double[] values) {
    return name.endsWith(".offset")
        ? Tensor.doubles(name, values.length)
        : Tensor.doubles(name, values.length / COLUMNS, COLUMNS);
  }

  /**
   * Reads the gauge of a file.
   *
   * @throws IOException where its tensors are not those of a gauge of the schema's numbers
   */
  static PublishedGauge read(SafetensorsFile file, FeatureSchema schema) throws IOException {
    if (!file.has(OFFSET)) {
      return PublishedGauge.NONE;
    }
    List<NumberScale> numbers = file.has(NUMBERS) ? readNumbers(file, schema) : List.of();
    OfTask first = read(file, 0);
    List<OfTask> further = new ArrayList<>();
    for (int task = 1; file.has(name(OFFSET, task)); task++) {
      further.add(read(file, task));
    }
    return new PublishedGauge(numbers, first.offset(), first.experts(), further);
  }

  private static OfTask read(SafetensorsFile file, int task) throws IOException {
    double[] offset = file.doubles(name(OFFSET, task), 1);
    checkFinite(file, name(OFFSET, task), offset);
    double[] experts = table(file, name(EXPERTS, task));
    if (offset.length != 1 || experts.length == 0) {
      throw file.wrong(
          "the gauge has %s offsets and %s experts; expected one offset, and experts"
              .formatted(offset.length, experts.length / COLUMNS));
    }
    List<Expert> read = new ArrayList<>();
    for (int i = 0; i < experts.length; i += COLUMNS) {
      read.add(new Expert(experts[i], experts[i + 1], experts[i + 2], experts[i + 3]));
    }
    return new OfTask(offset[0], read);
  }

  private static List<NumberScale> readNumbers(SafetensorsFile file, FeatureSchema schema)
      throws IOException {
    double[] values = table(file, NUMBERS);
    List<Field> fields = numberFields(schema);
    if (values.length != COLUMNS * fields.size()) {
      throw file.wrong(
          "the gauge has %s numbers, and the schema %s"
              .formatted(values.length / COLUMNS, fields.size()));
    }
    List<NumberScale> numbers = new ArrayList<>();
    for (int i = 0; i < values.length; i += COLUMNS) {
      int number = fields.get(i / COLUMNS).number();
      if (values[i] != number) {
        throw file.wrong(
            "the gauge has field %s, and the schema %s in its place".formatted(values[i], number));
      }
      numbers.add(new NumberScale(values[i + 1], values[i + 2], values[i + 3]));
    }
    return numbers;
  }

  private static double[] table(SafetensorsFile file, String name) throws IOException {
    double[] values = file.doubles(name, 2);
    long columns = file.shape(name, Tensor.Type.F64, 2).get(1);
    if (columns != COLUMNS) {
      throw file.wrong("%s has %s columns, not %s".formatted(name, columns, COLUMNS));
    }
    checkFinite(file, name, values);
    return values;
  }

  private static void checkFinite(SafetensorsFile file, String name, double[] values)
      throws IOException {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw file.wrong("%s holds %s".formatted(name, value));
      }
    }
  }

  /** The field of each number. */
  private static List<Field> numberFields(FeatureSchema schema) {
    return schema.fields().stream()
        .flatMap(field -> Collections.nCopies(field.numbers(), field).stream())
        .toList();
  }
}
