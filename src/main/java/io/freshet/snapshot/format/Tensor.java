package io.freshet.snapshot.format;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;

/**
 * A tensor's entry in a safetensors header, without its place.
 *
 * @param shape sizes of the dimensions, outermost first
 */
public record Tensor(String name, Type type, List<Long> shape) {

  /** The element types that snapshots use. */
  public enum Type {
    I64(Long.BYTES),
    F32(Float.BYTES),
    F64(Double.BYTES);

    final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  public Tensor {
    requireNonNull(name, "name");
    requireNonNull(type, "type");
    shape = List.copyOf(shape);
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "tensor \"" + name + "\" has the impossible shape " + shape);
      }
    }
  }

  public static Tensor longs(String name, long... shape) {
    return new Tensor(name, Type.I64, boxed(shape));
  }

  public static Tensor floats(String name, long... shape) {
    return new Tensor(name, Type.F32, boxed(shape));
  }

  public static Tensor doubles(String name, long... shape) {
    return new Tensor(name, Type.F64, boxed(shape));
  }

  /**
   * Number of elements.
   *
   * @throws ArithmeticException where they are more than a long can count
   */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  public long bytes() {
    return Math.multiplyExact(elements(), type.bytes);
  }

  private static List<Long> boxed(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }
}
