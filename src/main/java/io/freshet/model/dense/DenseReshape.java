package io.freshet.model.dense;

import io.freshet.model.NetworkSettings;
import io.freshet.model.input.Attention;
import io.freshet.model.input.NetworkInputs;
import io.freshet.model.input.Projection;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layer.Axis;
import io.freshet.model.layer.Layers;
import io.freshet.model.network.Towers;
import io.freshet.model.optimizer.OptimizerSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Carries what a deep part has learned, optimizer slots included, over to another shape.
 *
 * <p>A weight is kept where both its units were there before. The inputs of fields are known by
 * field and place in the embedding, so fields may come, go and change their order; the units of a
 * hidden layer are known by the layer's number and their own, so a layer that grows keeps its
 * units, and one that shrinks keeps its first. Other weights start
 *
 * <ul>
 *   <li>at random, as every learner's do, where they lead from a new field or into a new unit: a
 *       new field's rows are zeros, so its weights change no prediction but pass gradients on;
 *   <li>at 0, where they lead from a new field that shares the rows of another, which are there;
 *   <li>at 0, where they lead from a new dimension of a known field's embedding into a unit that is
 *       kept: rows start there at random, so gradients flow;
 *   <li>at 0, where they lead from a new unit into one that is kept: it goes on as it was, and
 *       learns what to make of the new one;
 *   <li>at 0, in the output of a deep part whose number of hidden layers is another, as it knows
 *       none of its inputs: until it has learned, the deep part adds nothing to the logit;
 *   <li>at 0, in cross layers behind those that were there: these pass their input on unchanged;
 *       and in the output of a cross part that was not there.
 * </ul>
 *
 * A dense part of a form or sizes of its own keeps its parameters when the fields change, and the
 * length of their embeddings. If its layers change, or another form takes its place, it starts
 * again, and its last layers at 0. The layer by which a sequence attends keeps its units, as hidden
 * layers do, whatever becomes of the rest; where it comes to a model, its output starts at 0. The
 * projection of a field with shorter rows keeps what both sizes have; what a longer row holds more
 * adds nothing at first. The network of each task is known by the task's name, except that of the
 * first; one that is new starts with an output of 0.
 *
 * <p>So a field or units that come change no prediction, while a field, units or layers that go do.
 */
public final class DenseReshape {
  private static final int NEW = -1; // what leads from it starts at random
  private static final int ZERO = -2; // what leads from it starts at 0

  private final ModelShape before;
  private final ModelShape now;
  private final float[] from; // planes, one after the other
  private final float[] to;
  private final int[] inputs; // of the new shape: where they were before, NEW or ZERO
  private final float[] zero; // the planes of a parameter that starts at 0
  private final int fromSize;
  private final int toSize;

  private DenseReshape(
      ModelShape before, DenseParameters old, ModelShape now, DenseParameters fresh, float[] zero) {
    this.before = before;
    this.now = now;
    this.zero = zero;
    fromSize = old.size();
    toSize = fresh.size();
    from = old.readAll();
    to = fresh.readAll();
    inputs = inputs();
  }

  /**
   * The parameters of the new shape.
   *
   * @param old those of the shape before, of the same optimizer
   */
  public static DenseParameters of(
      ModelShape before,
      DenseParameters old,
      ModelShape now,
      long seed,
      OptimizerSettings optimizer) {
    DenseParameters fresh = DenseParameters.start(now.dense(), seed, optimizer);
    float[] zero = new float[fresh.planes()];
    optimizer.optimizer().start(zero, 0, 1, 1);
    DenseReshape reshape = new DenseReshape(before, old, now, fresh, zero);
    reshape.layers();
    fresh.writeAll(reshape.to);
    return fresh;
  }

  private int[] inputs() {
    int k = now.embeddingSize();
    int kBefore = before.embeddingSize();
    int[] were = new int[now.fields().size() * k];
    Arrays.setAll(
        were,
        i -> {
          int index = before.index(now.fields().get(i / k).number());
          if (index < 0) {
            return now.fields().get(i / k).shares() ? ZERO : NEW;
          }
          return i % k < kBefore ? index * kBefore + i % k : ZERO;
        });
    return were;
  }

  private void layers() {
    Layers old = before.dense().placed();
    Layers all = now.dense().placed();
    network(own(old), own(all));
    for (String task : now.network().tasks()) {
      Layers its = all.under(Towers.prefix(task));
      if (before.network().tasks().contains(task)) {
        network(old.under(Towers.prefix(task)), its);
      } else {
        its.all().stream().filter(Layer::isLast).forEach(this::blank);
      }
    }
    all.all().stream().filter(Attention::isOne).forEach(layer -> attention(layer, old));
    all.all().stream().filter(Projection::isOne).forEach(layer -> projection(layer, old));
  }

  /** The network of one task. */
  private void network(Layers old, Layers layers) {
    if (isPlain(before.network()) && isPlain(now.network())) {
      crossLayers(closed("cross", old), closed("cross", layers));
      hiddenLayers(closed("deep", old), closed("deep", layers));
    } else if (before.network().isLike(now.network()) && hasSameUnits(old, layers)) {
      for (Layer layer : layers.all()) {
        Layer source = old.get(layer.name());
        int[] ins = were(layer.from(), layer.in(), source.in());
        carry(layer, ins, were(layer.to(), layer.out(), source.out()), source);
      }
    } else {
      layers.all().stream().filter(Layer::isLast).forEach(this::blank);
    }
  }

  /** The layers of the first task. */
  private static Layers own(Layers all) {
    return new Layers(
        all.all().stream()
            .filter(layer -> !NetworkInputs.isOne(layer) && !Towers.isOne(layer))
            .toList());
  }

  /** By which a sequence attends: one that did not begins as its mean. */
  private void attention(Layer layer, Layers old) {
    if (old.has(layer.name())) {
      Layer source = old.get(layer.name());
      int[] ins =
          Attention.compares(layer)
              ? compared(layer.in(), source.in())
              : first(layer.in(), source.in());
      carry(layer, ins, first(layer.out(), source.out()), source);
    } else if (!Attention.compares(layer)) {
      blank(layer);
    }
  }

  /** What a longer row holds more adds nothing at first; a new projection is the identity. */
  private void projection(Layer layer, Layers old) {
    if (old.has(layer.name())) {
      Layer source = old.get(layer.name());
      carry(layer, first(layer.in(), source.in()), first(layer.out(), source.out()), source);
    }
  }

  /** Where the target's, the value's and the product's dimensions were, side by side. */
  private static int[] compared(int units, int before) {
    int k = units / 3;
    int kBefore = before / 3;
    int[] were = new int[units];
    Arrays.setAll(were, i -> i % k < kBefore ? i / k * kBefore + i % k : ZERO);
    return were;
  }

  private static boolean isPlain(NetworkSettings network) {
    return network.form().equals(NetworkSettings.PLAIN) && network.sizes().isEmpty();
  }

  /** The numbered layers of a group and the output unit that closes it. */
  private static List<Layer> closed(String group, Layers of) {
    List<Layer> layers = new ArrayList<>(of.group(group));
    if (!layers.isEmpty()) {
      layers.add(of.get(group + ".out"));
    }
    return layers;
  }

  /** Whether layers differ at most in what depends on the fields and their embeddings. */
  private static boolean hasSameUnits(Layers old, Layers layers) {
    return layers.all().stream()
        .allMatch(
            layer -> {
              Layer source = old.get(layer.name());
              return (layer.from() != Axis.UNITS || layer.in() == source.in())
                  && (layer.to() != Axis.UNITS || layer.out() == source.out());
            });
  }

  /** Where the units of an axis were before. */
  private int[] were(Axis axis, int units, int unitsBefore) {
    return switch (axis) {
      case UNITS -> first(unitsBefore, unitsBefore);
      case EMBEDDINGS -> inputs;
      case EMBEDDINGS_TWICE ->
          IntStream.concat(
                  Arrays.stream(inputs),
                  Arrays.stream(inputs).map(i -> i < 0 ? i : i + unitsBefore / 2))
              .toArray();
      case EMBEDDINGS_FIRST ->
          IntStream.concat(
                  Arrays.stream(inputs),
                  IntStream.range(unitsBefore - (units - inputs.length), unitsBefore))
              .toArray();
      case FIELDS ->
          now.fields().stream()
              .mapToInt(field -> before.index(field.number()))
              .map(i -> i < 0 ? NEW : i)
              .toArray();
    };
  }

  private void crossLayers(List<Layer> old, List<Layer> layers) {
    int last = layers.size() - 1; // the output
    for (int l = 0; l < last; l++) {
      if (l < old.size() - 1) {
        carry(layers.get(l), inputs, inputs, old.get(l));
      } else {
        blank(layers.get(l));
      }
    }
    if (last >= 0 && !old.isEmpty()) {
      carry(layers.get(last), inputs, first(1, 1), old.get(old.size() - 1));
    } else if (last >= 0) {
      blank(layers.get(last));
    }
  }

  private void hiddenLayers(List<Layer> old, List<Layer> layers) {
    int last = layers.size() - 1; // the output
    for (int l = 0; l < last && l < old.size() - 1; l++) {
      int[] ins = l == 0 ? inputs : first(layers.get(l).in(), old.get(l).in());
      int[] outs = first(layers.get(l).out(), old.get(l).out());
      carry(layers.get(l), ins, outs, old.get(l));
    }
    if (last >= 0 && old.size() == layers.size()) {
      int[] ins = first(layers.get(last).in(), old.get(last).in());
      carry(layers.get(last), ins, first(1, 1), old.get(last));
    } else if (last >= 0) {
      blank(layers.get(last));
    }
  }

  /** The same units of a hidden layer for as long as there are, then new ones. */
  private static int[] first(int units, int before) {
    int[] were = new int[units];
    Arrays.setAll(were, i -> i < before ? i : ZERO);
    return were;
  }

  /** Fills a layer; into units that are new, all starts at random. */
  private void carry(Layer layer, int[] ins, int[] outs, Layer old) {
    for (int j = 0; j < outs.length; j++) {
      if (outs[j] < 0) {
        continue;
      }
      if (layer.biased()) {
        copy(old.biases() + outs[j], layer.biases() + j);
      }
      for (int i = 0; i < ins.length; i++) {
        int weight = layer.weights() + i * layer.out() + j;
        if (ins[i] >= 0) {
          copy(old.weights() + ins[i] * old.out() + outs[j], weight);
        } else if (ins[i] == ZERO) {
          blank(weight);
        }
      }
    }
  }

  private void copy(int source, int target) {
    for (int plane = 0; plane < zero.length; plane++) {
      to[plane * toSize + target] = from[plane * fromSize + source];
    }
  }

  private void blank(Layer layer) {
    for (int i = layer.weights(); i < layer.end(); i++) {
      blank(i);
    }
  }

  private void blank(int target) {
    for (int plane = 0; plane < zero.length; plane++) {
      to[plane * toSize + target] = zero[plane];
    }
  }
}
