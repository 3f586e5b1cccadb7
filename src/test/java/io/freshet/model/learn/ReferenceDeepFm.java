package io.freshet.model.learn;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.ParallelField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.Sizes;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.layer.Layer;
import io.freshet.model.layer.Layers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleBiFunction;

/**
 * Every kind of model written out in double precision, pair by pair and unit by unit: what the fast
 * one is held against.
 */
final class ReferenceDeepFm {
  private final FeatureSchema schema;
  private final int[] indexes; // made once, as there is one for each possible number
  private final ModelSettings model;
  private final List<Layers> shapes = new ArrayList<>(); // by task
  private Layers shape; // of the task at hand

  /** Finished rows, and the dense values, free to be changed. */
  final Map<Long, double[]> rows;

  final double[] dense;

  /** By example its logit, and the mean of its blocks, as predicted: constants. */
  private final Map<LabeledExample, double[]> lessons = new HashMap<>();

  /** What a hidden unit of an example is multiplied by: 1 unless units drop out. */
  Mask mask = (example, layer, unit) -> 1;

  /** L2 penalty on the rows of a field, by its number. */
  IntToDoubleFunction l2;

  interface Mask {
    double factor(LabeledExample example, int layer, int unit);
  }

  ReferenceDeepFm(
      FeatureSchema schema, ModelSettings model, Map<Long, double[]> rows, double[] dense) {
    this.schema = schema;
    indexes = schema.indexes();
    this.model = model;
    shapes.add(DenseShape.of(schema, model).placed());
    model.tasks().further().forEach(task -> shapes.add(shapes.get(0).under("task." + task + ".")));
    shape = shapes.get(0);
    this.rows = rows;
    this.dense = dense;
    l2 = field -> model.l2();
  }

  /** Summed loss of the examples, and the penalty on all rows and dense values. */
  double loss(List<LabeledExample> examples) {
    double loss = 0;
    for (LabeledExample e : examples) {
      double[] p = probabilities(e, e.task());
      loss -= e.weight() * (e.label() * Math.log(p[0]) + (1 - e.label()) * Math.log(p[1]));
      loss += lessons.containsKey(e) ? e.weight() * distillation(e) : 0;
    }
    for (Map.Entry<Long, double[]> row : rows.entrySet()) {
      loss += penalty(row.getValue(), l2.applyAsDouble(Fids.field(row.getKey())));
    }
    return loss + penalty(dense, model.l2());
  }

  /** Of a task of an example, as it is learned: the product of the tasks on the way. */
  double probability(LabeledExample e, int task) {
    return probabilities(e, task)[0];
  }

  /** That, and 1 less it, summed up so that nothing cancels. */
  private double[] probabilities(LabeledExample e, int task) {
    int parent = model.tasks().parent(task);
    double logit = logit(e, task);
    double[] before = parent < 0 ? new double[] {1, 0} : probabilities(e, parent);
    double not = before[1] + before[0] / (1 + Math.exp(logit));
    return new double[] {before[0] / (1 + Math.exp(-logit)), not};
  }

  /** What the network of a task says, given the task before. */
  private double logit(LabeledExample labeled, int task) {
    ToDoubleBiFunction<Integer, Integer> factors =
        (layer, unit) -> mask.factor(labeled, layer, unit);
    if (task == 0) {
      return logit(labeled.example(), factors);
    }
    shape = shapes.get(task);
    double logit = dense(inputs(labeled.example()), factors);
    shape = shapes.get(0);
    return logit;
  }

  /** As it is predicted. */
  double logit(Example example) {
    return logit(example, (layer, unit) -> 1);
  }

  /** Keeps what is predicted now as what two blocks learn from. */
  void teach(List<LabeledExample> examples) {
    for (LabeledExample e : examples) {
      double[] blocks = blocks(e);
      if (blocks.length > 1) {
        lessons.put(e, new double[] {logit(e, e.task()), mean(blocks)});
      }
    }
  }

  /** The loss of the blocks of an example against what was predicted. */
  private double distillation(LabeledExample e) {
    double[] lesson = lessons.get(e);
    double target = 1 / (1 + Math.exp(-lesson[0]));
    double loss = 0;
    for (double block : blocks(e)) {
      double p = 1 / (1 + Math.exp(-(lesson[0] - lesson[1] + block)));
      loss -= target * Math.log(p) + (1 - target) * Math.log(1 - p);
    }
    return loss;
  }

  private double[] blocks(LabeledExample e) {
    if (model.kind() != ModelKind.FINALNET || mixes()) {
      return new double[0];
    }
    double[] in = inputs(e.example());
    shape = shapes.get(e.task());
    double[] blocks = finalNet(in, (layer, unit) -> mask.factor(e, layer, unit));
    shape = shapes.get(0);
    return blocks;
  }

  private double[] inputs(Example example) {
    double[][] fields = fields(example);
    return Arrays.stream(fields).flatMapToDouble(Arrays::stream).toArray();
  }

  private double[][] fields(Example example) {
    double[][] fields = new double[schema.size()][model.embeddingSize()];
    for (int j = 0; j < example.occurrences(); j++) {
      double[] row = rows.get(rowOf(example.fids()[j]));
      int index = indexes[Fids.field(example.fids()[j])];
      for (int d = 0; index >= 0 && d < size(example.fids()[j]); d++) {
        fields[index][d] += example.values()[j] * row[1 + d];
      }
    }
    for (int f = 0; f < fields.length; f++) {
      if (schema.fields().get(f) instanceof SequenceField sequence && sequence.attends()) {
        attend(example, sequence, fields);
      }
    }
    for (int f = 0; f < fields.length; f++) {
      int number = schema.fields().get(f).number();
      int size = model.embeddingSize(number);
      if (size < model.embeddingSize()) {
        Layer projection = shapes.get(0).get("projection." + number);
        fields[f] = linear(projection, Arrays.copyOf(fields[f], size));
      }
    }
    return fields;
  }

  /** How many numbers count of the embedding of a feature. */
  private int size(long fid) {
    return model.embeddingSize(Fids.field(fid));
  }

  private double logit(Example example, ToDoubleBiFunction<Integer, Integer> factors) {
    int k = model.embeddingSize();
    double[][] fields = fields(example);
    double logit = 0;
    for (int j = 0; j < example.occurrences(); j++) {
      double[] row = rows.get(rowOf(example.fids()[j]));
      logit += rowOf(example.fids()[j]) == example.fids()[j] ? example.values()[j] * row[0] : 0;
    }
    for (int f = 0; model.kind().pairs() && f < fields.length; f++) {
      for (int g = f + 1; g < fields.length; g++) {
        for (int d = 0; d < k; d++) {
          logit += fields[f][d] * fields[g][d];
        }
      }
    }
    return logit + dense(inputs(example), factors);
  }

  private void attend(Example example, SequenceField sequence, double[][] fields) {
    SequenceField.Attention by = sequence.attention();
    List<Integer> values = values(example, sequence);
    if (values.isEmpty()) {
      return;
    }
    double[] target = fields[schema.index(by.target())].clone();
    double[][] sums = values.stream().map(j -> vector(example, j)).toArray(double[][]::new);
    for (ParallelField along : schema.along(sequence)) {
      if (!along.target().isEmpty()) {
        addTo(target, 1, fields[schema.index(along.target())]);
      }
      List<Integer> others = values(example, along);
      for (int v = 0; v < others.size(); v++) {
        addTo(sums[v], 1, vector(example, others.get(v)));
      }
    }
    double[] scores =
        Arrays.stream(sums).mapToDouble(u -> score(u, by, sequence, target)).toArray();
    double sum = 0;
    for (int v = 0; v < scores.length; v++) {
      sum += example.values()[values.get(v)] * Math.exp(scores[v]);
    }
    List<Field> lists = new ArrayList<>(schema.along(sequence));
    lists.add(sequence);
    for (Field list : lists) {
      List<Integer> those = values(example, list);
      double[] pooled = fields[schema.index(list.name())];
      if (!those.isEmpty()) {
        Arrays.fill(pooled, 0);
      }
      for (int v = 0; v < those.size(); v++) {
        double weight = by.softmax() ? Math.exp(scores[v]) / sum : 1 + scores[v];
        addTo(pooled, example.values()[values.get(v)] * weight, vector(example, those.get(v)));
      }
    }
  }

  /** Where a field's values are in an example that has some. */
  private static List<Integer> values(Example example, Field field) {
    List<Integer> values = new ArrayList<>();
    for (int j = 0; j < example.occurrences(); j++) {
      long fid = example.fids()[j];
      if (Fids.field(fid) == field.number() && fid != Fids.missing(field.number())) {
        values.add(j);
      }
    }
    return values;
  }

  private double[] vector(Example example, int j) {
    long fid = example.fids()[j];
    double[] held = Arrays.copyOfRange(rows.get(rowOf(fid)), 1, 1 + size(fid));
    return Arrays.copyOf(held, model.embeddingSize());
  }

  private static void addTo(double[] sum, double factor, double[] vector) {
    for (int d = 0; d < sum.length; d++) {
      sum[d] += factor * vector[d];
    }
  }

  private double score(
      double[] u, SequenceField.Attention by, SequenceField sequence, double[] target) {
    int k = target.length;
    double[] x = new double[3 * k];
    double dot = 0;
    for (int d = 0; d < k; d++) {
      x[d] = target[d];
      x[k + d] = u[d];
      x[2 * k + d] = target[d] * u[d];
      dot += x[2 * k + d];
    }
    String name = "attention." + sequence.number();
    return by.units() == 0
        ? dot / Math.sqrt(k)
        : linear(name + ".out", map(linear(name + ".0", x), value -> Math.max(0, value)))[0];
  }

  /** The id of a feature's row: in a field that shares, of the same value of the other field. */
  private long rowOf(long fid) {
    int index = indexes[Fids.field(fid)];
    String other = index < 0 ? "" : schema.fields().get(index).shares();
    boolean isOwn = other.isEmpty() || fid == Fids.missing(Fids.field(fid));
    return isOwn ? fid : Fids.of(schema.field(other).orElseThrow().number(), fid);
  }

  private double dense(double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    if (mixes()) {
      return mixed(inputs, factors);
    }
    return switch (model.kind()) {
      case FINALMLP -> finalMlp(inputs, factors);
      case FINALNET -> mean(finalNet(inputs, factors));
      default -> crossAndDeep(inputs, factors);
    };
  }

  private boolean mixes() {
    return model.tasks().areSeveral() && model.sizes().of("task-experts") > 0;
  }

  /** What the task at hand makes of the experts. */
  private double mixed(double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    Layers own = shape;
    int depth = model.hiddenLayers().size() + model.sizes().list("second-layers").size();
    int experts = model.sizes().of("task-experts");
    double[] shares = map(linear("gate", inputs), Math::exp);
    double[] mixed = new double[0];
    for (int e = 0; e < experts; e++) {
      shape = expert(e);
      double[] units = units(e * depth, inputs, factors);
      mixed = Arrays.copyOf(mixed, units.length);
      addTo(mixed, shares[e] / Arrays.stream(shares).sum(), units);
      shape = own;
    }
    int before = shapes.indexOf(own) * model.sizes().list("tower-layers").size();
    return linear("out", hidden("tower", experts * depth + before, mixed, factors))[0];
  }

  /** The layers of an expert, of which those of the group "deep" have their numbers alone. */
  private Layers expert(int e) {
    return new Layers(
        shapes.get(0).under("expert." + e + ".").all().stream()
            .map(l -> Character.isDigit(l.name().charAt(0)) ? l.named("deep." + l.name()) : l)
            .toList());
  }

  /** All that the layers at hand give, side by side. */
  private double[] units(
      int number, double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    if (model.kind() == ModelKind.FINALNET) {
      return join(blocks(number, inputs, factors));
    } else if (model.kind() == ModelKind.FINALMLP) {
      double[][] streams = streams(number, inputs, factors);
      return join(streams[0], streams[1], products(streams[0], streams[1]));
    }
    double[] crossed = crossed(inputs);
    boolean stacked = model.sizes().of("stacked") > 0 && !model.hiddenLayers().isEmpty();
    double[] deep =
        model.hiddenLayers().isEmpty()
            ? new double[0]
            : hidden("deep", number, stacked ? crossed : inputs, factors);
    return model.crossLayers() > 0 && !stacked ? join(crossed, deep) : deep;
  }

  private static double[] join(double[]... parts) {
    return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
  }

  private double finalMlp(double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    double[][] streams = streams(0, inputs, factors);
    return linear("fusion.first", streams[0])[0]
        + linear("fusion.second", streams[1])[0]
        + Arrays.stream(products(streams[0], streams[1])).sum();
  }

  private double[][] streams(
      int number, double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    int second = number + model.hiddenLayers().size();
    return new double[][] {
      hidden("first", number, gated("first", inputs), factors),
      hidden("second", second, gated("second", inputs), factors)
    };
  }

  private double[] products(double[] first, double[] second) {
    double[] products = new double[model.sizes().of("heads")];
    for (int head = 0; head < products.length; head++) {
      double[] x = head(first, products.length, head);
      double[] y = head(second, products.length, head);
      double[] mapped = linear("fusion.head." + head, x);
      for (int d = 0; d < y.length; d++) {
        products[head] += mapped[d] * y[d];
      }
    }
    return products;
  }

  private static double[] head(double[] units, int heads, int head) {
    int n = units.length / heads;
    return Arrays.copyOfRange(units, head * n, (head + 1) * n);
  }

  private double[] gated(String stream, double[] inputs) {
    int k = model.embeddingSize();
    double[] context =
        model.sizes().list(stream + "-gate").stream()
            .flatMapToDouble(
                number -> {
                  int at = indexes[number] * k;
                  return Arrays.stream(inputs, at, at + k);
                })
            .toArray();
    double[] units = hidden(stream + ".gate", 0, context, (layer, unit) -> 1);
    double[] gate = map(linear(stream + ".gate.out", units), x -> 2 / (1 + Math.exp(-x)));
    double[] gated = inputs.clone();
    for (int i = 0; i < gated.length; i++) {
      gated[i] *= gate[i];
    }
    return gated;
  }

  /** What each block says. */
  private double[] finalNet(double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    double[][] blocks = blocks(0, inputs, factors);
    double[] outputs = new double[blocks.length];
    for (int b = 0; b < blocks.length; b++) {
      outputs[b] = linear((b == 0 ? "first" : "second") + ".out", blocks[b])[0];
    }
    return outputs;
  }

  private double[][] blocks(
      int number, double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    double[] twice = model.sizes().of("gated") > 0 ? withGated(inputs) : inputs;
    double[] first = block("first", number, twice, factors);
    if (model.sizes().list("second-layers").isEmpty()) {
      return new double[][] {first};
    }
    int second = number + model.hiddenLayers().size();
    return new double[][] {first, block("second", second, inputs, factors)};
  }

  private double[] withGated(double[] inputs) {
    int k = model.embeddingSize();
    double[] twice = Arrays.copyOf(inputs, 2 * inputs.length);
    for (int d = 0; d < k; d++) {
      double[] fields = new double[inputs.length / k];
      for (int f = 0; f < fields.length; f++) {
        fields[f] = inputs[f * k + d];
      }
      double[] gates = linear("gate", fields);
      for (int f = 0; f < fields.length; f++) {
        twice[inputs.length + f * k + d] = gates[f] * fields[f];
      }
    }
    return twice;
  }

  private double[] block(
      String group, int number, double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    double[] x = inputs;
    for (int l = 0; l < shape.group(group).size(); l++) {
      x = linear(group + "." + l, x);
      int half = x.length / 2;
      for (int unit = 0; unit < half; unit++) {
        x[half + unit] *= x[unit];
      }
      for (int unit = 0; unit < x.length; unit++) {
        x[unit] *= factors.applyAsDouble(number + l, unit);
      }
    }
    return x;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private double crossAndDeep(double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    double[] crossed = crossed(inputs);
    double logit = shape.has("cross.out") ? linear("cross.out", crossed)[0] : 0;
    if (model.hiddenLayers().isEmpty()) {
      return logit;
    }
    boolean stacked = model.sizes().of("stacked") > 0;
    double[] x = hidden("deep", 0, stacked ? crossed : inputs, factors);
    return logit + linear("deep.out", x)[0];
  }

  private double[] crossed(double[] inputs) {
    double[] crossed = inputs.clone();
    for (int l = 0; l < model.crossLayers(); l++) {
      String name = "cross." + l;
      double[] mapped =
          shape.has(name) ? linear(name, crossed) : mixture(name, crossed, model.sizes());
      for (int i = 0; i < inputs.length; i++) {
        crossed[i] += inputs[i] * mapped[i];
      }
    }
    return crossed;
  }

  private double[] mixture(String name, double[] x, Sizes sizes) {
    int rank = sizes.of("low-rank");
    double[] h = map(linear(name + ".down", x), Math::tanh);
    double[] gates = map(linear(name + ".gate", x), Math::exp);
    double sum = Arrays.stream(gates).sum();
    double[] mixed = new double[h.length];
    for (int e = 0; e < sizes.of("experts"); e++) {
      double[] part = Arrays.copyOfRange(h, e * rank, (e + 1) * rank);
      double[] mapped = map(linear(name + ".core." + e, part), Math::tanh);
      for (int d = 0; d < rank; d++) {
        mixed[e * rank + d] = gates[e] / sum * mapped[d];
      }
    }
    return linear(name + ".up", mixed);
  }

  /** ReLU layers. */
  private double[] hidden(
      String group, int number, double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    double[] x = inputs;
    for (int l = 0; l < shape.group(group).size(); l++) {
      x = map(linear(group + "." + l, x), value -> Math.max(0, value));
      for (int unit = 0; unit < x.length; unit++) {
        x[unit] *= factors.applyAsDouble(number + l, unit);
      }
    }
    return x;
  }

  private double[] linear(String name, double[] x) {
    return linear(shape.get(name), x);
  }

  private double[] linear(Layer layer, double[] x) {
    double[] y = new double[layer.out()];
    for (int u = 0; u < y.length; u++) {
      y[u] = layer.biased() ? dense[layer.biases() + u] : 0;
      for (int i = 0; i < layer.in(); i++) {
        y[u] += x[i] * dense[layer.weights() + i * y.length + u];
      }
    }
    return y;
  }

  private static double[] map(double[] x, DoubleUnaryOperator to) {
    return Arrays.stream(x).map(to).toArray();
  }

  private static double penalty(double[] values, double l2) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return l2 / 2 * squares;
  }
}
