package io.freshet.model.dense;

import java.util.List;

/**
 * A named piece of the deep part's parameter vector.
 *
 * @param name as snapshots call it: {@code deep.0.weight}, …, {@code deep.out.bias}
 * @param shape a weight's [in, out], a bias's [out]; the last index runs fastest
 * @param from index of its first parameter
 */
public record DenseTensor(String name, List<Integer> shape, int from) {

  public DenseTensor {
    shape = List.copyOf(shape);
  }

  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
