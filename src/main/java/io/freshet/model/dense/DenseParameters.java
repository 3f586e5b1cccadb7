package io.freshet.model.dense;

import io.freshet.feature.FeatureSchema;
import io.freshet.model.ModelSettings;
import io.freshet.model.layer.CounterRng;
import io.freshet.model.layer.Layer;
import io.freshet.model.optimizer.Checks;
import io.freshet.model.optimizer.Optimizer;
import io.freshet.model.optimizer.OptimizerSettings;
import java.util.Arrays;
import java.util.List;

/**
 * A replica of the deep part's parameters, as one vector in the order of {@link DenseShape}.
 *
 * <p>Plane 0 is the vector of stored parameters, planes 1 … {@link #planes()} - 1 their optimizer
 * slots; each has {@link #size()} floats.
 */
public final class DenseParameters {
  private static final float INPUTS_OF_FULL_RATE = 128;

  private final DenseShape shape;
  private final List<Layer> layers;
  private final OptimizerSettings settings;
  private final int size;
  private final Optimizer optimizer;
  private final int mergedPlanes;
  private final float[] planes; // one after the other
  private final float[] rates; // by layer: what its moves are multiplied by
  private long version; // grows with every change

  private DenseParameters(DenseShape shape, OptimizerSettings settings) {
    this.shape = shape;
    this.settings = settings;
    layers = shape.layers();
    size = shape.size();
    optimizer = settings.optimizer();
    mergedPlanes = 1 + settings.merged().optimizer().slotWidth(1);
    planes = new float[Math.addExact(size, optimizer.slotWidth(size))];
    rates = new float[layers.size()];
    Arrays.fill(rates, 1);
  }

  /**
   * The parameters every learner starts with, from the seed alone: weights He-uniform, within ±√(6
   * / in) (He et al. 2015, arXiv 1502.01852), biases 0.
   */
  public static DenseParameters start(
      FeatureSchema schema, ModelSettings model, OptimizerSettings optimizer) {
    return start(DenseShape.of(schema, model), model.seed(), optimizer);
  }

  public static DenseParameters start(
      int fields, ModelSettings model, OptimizerSettings optimizer) {
    return start(DenseShape.of(fields, model), model.seed(), optimizer);
  }

  /** The start of parameters of a given shape; scales start at 1. */
  public static DenseParameters start(DenseShape shape, long seed, OptimizerSettings optimizer) {
    CounterRng random = new CounterRng(seed, -1);
    return start(
        shape,
        optimizer,
        (layer, i) -> (float) Math.sqrt(6.0 / layer.in()) * (2 * random.uniform(i) - 1));
  }

  /**
   * The start of published tables: weights near-normal, of deviation √(2 / (in + out)) (Glorot and
   * Bengio 2010); all else as in the other start.
   */
  public static DenseParameters startNormal(
      DenseShape shape, long seed, OptimizerSettings optimizer) {
    CounterRng random = new CounterRng(seed, -1);
    return start(
        shape,
        optimizer,
        (layer, i) -> (float) Math.sqrt(2.0 / (layer.in() + layer.out())) * random.normal(i));
  }

  /** The start of weight i, which belongs to a layer. */
  private interface WeightStart {
    float of(Layer layer, int i);
  }

  private static DenseParameters start(
      DenseShape shape, OptimizerSettings optimizer, WeightStart weight) {
    Checks.forSingle("dense optimizer", optimizer);
    DenseParameters dense = new DenseParameters(shape, optimizer);
    for (Layer layer : shape.layers()) {
      switch (layer.start()) {
        case RANDOM -> {
          for (int i = layer.weights(); i < layer.biases(); i++) {
            dense.planes[i] = weight.of(layer, i);
          }
        }
        case ONE -> Arrays.fill(dense.planes, layer.biases(), layer.scales(), 1);
        case IDENTITY -> {
          for (int i = 0; i < Math.min(layer.in(), layer.out()); i++) {
            dense.planes[layer.weights() + i * layer.out() + i] = 1;
          }
        }
      }
      Arrays.fill(dense.planes, layer.scales(), layer.end(), 1);
    }
    dense.optimizer.start(dense.planes, 0, shape.size(), shape.size());
    return dense;
  }

  /** Restarts with the given weights. */
  public void startFrom(float[] values) {
    if (values.length != size) {
      throw new IllegalArgumentException(
          "%s values for a deep part of %s".formatted(values.length, size));
    }
    System.arraycopy(values, 0, planes, 0, size);
    optimizer.start(planes, 0, size, size);
    version++;
  }

  /**
   * The same parameters under another optimizer: with their slots where these mean the same, else
   * with new ones.
   *
   * @param by the optimizer so far
   */
  public DenseParameters under(OptimizerSettings by, OptimizerSettings other) {
    if (other.storesAs(by)) {
      return this;
    }
    DenseParameters dense = new DenseParameters(shape, other);
    dense.startFrom(finished());
    return dense;
  }

  public DenseShape shape() {
    return shape;
  }

  /** Number of parameters; 0 where there is no deep part. */
  public int size() {
    return size;
  }

  /** 1 + slots of a parameter. */
  public int planes() {
    return 1 + optimizer.slotWidth(1);
  }

  /** The planes that several trainers merge, from plane 0 on; the others are each one's own. */
  public int mergedPlanes() {
    return mergedPlanes;
  }

  /** Copies n floats of a plane, from parameter {@code from} on, to {@code target[at …]}. */
  public void read(int plane, int from, int n, float[] target, int at) {
    System.arraycopy(planes, place(plane, from, n), target, at, n);
  }

  /** Replaces n floats of a plane, from parameter {@code from} on, by {@code source[at …]}. */
  public void write(int plane, int from, int n, float[] source, int at) {
    System.arraycopy(source, at, planes, place(plane, from, n), n);
    version++;
  }

  /**
   * Derives the finished values of n parameters, from {@code from} on: what the model computes with
   * and snapshots hold.
   */
  public void finish(int from, int n, float[] values, int at) {
    float[] slice = new float[n * planes()];
    for (int plane = 0; plane < planes(); plane++) {
      read(plane, from, n, slice, plane * n);
    }
    optimizer.read(slice, 0, n, n, values, at);
  }

  public void finish(float[] values) {
    optimizer.read(planes, 0, size(), size(), values, 0);
  }

  /** A copy of all finished values. */
  public float[] finished() {
    float[] values = new float[size];
    finish(values);
    return values;
  }

  /** A copy of all planes, one after the other. */
  public float[] readAll() {
    return planes.clone();
  }

  public void writeAll(float[] source) {
    System.arraycopy(source, 0, planes, 0, planes.length);
    version++;
  }

  /**
   * Learns layers of more than {@value #INPUTS_OF_FULL_RATE} inputs at a rate that falls with their
   * number, as wide layers add up so many moves (Yang et al. 2021, arXiv 2203.03466, table 3: the
   * learning rate of Adam's hidden weights). An optimizer whose constants are part of what it
   * stores keeps its rate.
   */
  public void scaleRatesBySize() {
    for (int i = 0; i < rates.length && settings.storesAs(settings.scaled(0.5f)); i++) {
      rates[i] = Math.min(1, INPUTS_OF_FULL_RATE / layers.get(i).in());
    }
  }

  /**
   * Readies a step by the summed gradient, and replaces it with the moves: see {@link
   * Optimizer#prepare}.
   */
  public double prepare(float[] gradient) {
    double change = 0;
    for (int i = 0; i < rates.length; i++) {
      Layer layer = layers.get(i);
      int from = layer.weights();
      int n = layer.end() - from;
      change += rates[i] * optimizer.prepare(planes, from, size + from, size, n, gradient, from);
    }
    return change;
  }

  /** Moves all parameters by a share of what was readied. */
  public void move(float[] moves, float share) {
    for (int layer = 0; layer < rates.length; layer++) {
      float factor = share * rates[layer];
      int end = layers.get(layer).end();
      for (int i = layers.get(layer).weights(); i < end; i++) {
        planes[i] += factor * moves[i];
      }
    }
    version++;
  }

  /** Takes a whole step; {@code gradient} holds the moves afterwards. */
  public void update(float[] gradient) {
    prepare(gradient);
    move(gradient, 1);
  }

  public long version() {
    return version;
  }

  private int place(int plane, int from, int n) {
    if (plane < 0 || plane >= planes() || from < 0 || n < 0 || from + n > size()) {
      throw new IndexOutOfBoundsException(
          "parameters %s..%s of plane %s, but there are %s parameters and %s planes"
              .formatted(from, from + n, plane, size(), planes()));
    }
    return plane * size() + from;
  }
}
