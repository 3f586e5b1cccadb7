package io.freshet.serve.tensor;

import static io.freshet.serve.request.HttpError.bad;
import static java.util.Objects.requireNonNull;

import io.freshet.serve.request.HttpError;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of a request.
 *
 * @param shape its first dimension is the instances
 * @param elements in row-major order: strings, longs, doubles, booleans, or nulls for what is
 *     missing
 */
public record Tensor(String name, Datatype datatype, List<Long> shape, List<?> elements) {
  public Tensor {
    requireNonNull(name, "name");
    requireNonNull(datatype, "datatype");
    shape = List.copyOf(shape);
  }

  /** A tensor of values that are still to be checked for the datatype, and for the shape. */
  public static Tensor of(String name, Datatype datatype, List<Long> shape, List<?> values)
      throws HttpError {
    List<Object> elements = new ArrayList<>(values.size());
    for (Object value : values) {
      elements.add(datatype.element("inputs.%s[%s]".formatted(name, elements.size()), value));
    }
    Tensor tensor = new Tensor(name, datatype, shape, elements);
    tensor.checkShape();
    return tensor;
  }

  private void checkShape() throws HttpError {
    if (shape.isEmpty() || shape.size() > 2 || shape.stream().anyMatch(size -> size < 0)) {
      throw bad(
          "%s.shape is %s; expected [instances] or [instances, values]".formatted(place(), shape));
    }
    long expected = 1;
    for (long size : shape) {
      expected = size > Integer.MAX_VALUE ? Long.MAX_VALUE : Math.min(expected * size, 1L << 31);
    }
    if (expected != elements.size()) {
      throw bad(
          "%s holds %s values, which do not fill its shape %s"
              .formatted(place(), elements.size(), shape));
    }
  }

  String place() {
    return "inputs." + name;
  }

  /** What each instance has: a value, or a list of several. */
  List<?> rows() {
    if (shape.size() == 1 || shape.get(1) == 1) {
      return elements;
    }
    int rows = Math.toIntExact(shape.get(0));
    int width = Math.toIntExact(shape.get(1));
    List<Object> lists = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      lists.add(elements.subList(row * width, (row + 1) * width));
    }
    return lists;
  }

  /**
   * What each instance has where they have different numbers of values: those from one offset to
   * the next.
   */
  List<?> rows(Tensor offsets) throws HttpError {
    if (shape.size() != 1) {
      throw bad(place() + " has offsets; expected a shape of one dimension, the values of all");
    }
    List<Object> lists = new ArrayList<>();
    int from = offsets.offset(0, 0, 0);
    for (int row = 1; row < offsets.elements.size(); row++) {
      int to = offsets.offset(row, from, elements.size());
      lists.add(to - from == 1 ? elements.get(from) : elements.subList(from, to));
      from = to;
    }
    if (from != elements.size()) {
      throw bad(
          "%s ends at %s; expected the number of values, %s"
              .formatted(offsets.place(), from, elements.size()));
    }
    return lists;
  }

  private int offset(int at, int least, int most) throws HttpError {
    if (!datatype.isInteger() || shape.size() != 1 || elements.isEmpty()) {
      throw bad(place() + " is no list of integers; expected one more than there are instances");
    }
    if (!(elements.get(at) instanceof Long offset) || offset < least || offset > most) {
      throw bad(
          "%s[%s] is %s; expected %s to %s".formatted(place(), at, elements.get(at), least, most));
    }
    return offset.intValue();
  }
}
