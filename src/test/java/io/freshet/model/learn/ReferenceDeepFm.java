package io.freshet.model.learn;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelSettings;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleBiFunction;

/**
 * Every kind of model written out in double precision, pair by pair and unit by unit: what the fast
 * one is held against.
 */
final class ReferenceDeepFm {
  private final FeatureSchema schema;
  private final ModelSettings model;

  /** Finished rows, and the dense values, free to be changed. */
  final Map<Long, double[]> rows;

  final double[] dense;

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
    this.model = model;
    this.rows = rows;
    this.dense = dense;
    l2 = field -> model.l2();
  }

  /** Summed loss of the examples, and the penalty on all rows and dense values. */
  double loss(List<LabeledExample> examples) {
    double loss = 0;
    for (LabeledExample e : examples) {
      double p = 1 / (1 + Math.exp(-logit(e)));
      loss -= e.weight() * (e.label() * Math.log(p) + (1 - e.label()) * Math.log(1 - p));
    }
    for (Map.Entry<Long, double[]> row : rows.entrySet()) {
      loss += penalty(row.getValue(), l2.applyAsDouble(Fids.field(row.getKey())));
    }
    return loss + penalty(dense, model.l2());
  }

  /** As it is learned. */
  double logit(LabeledExample labeled) {
    return logit(labeled.example(), (layer, unit) -> mask.factor(labeled, layer, unit));
  }

  /** As it is predicted. */
  double logit(Example example) {
    return logit(example, (layer, unit) -> 1);
  }

  private double logit(Example example, ToDoubleBiFunction<Integer, Integer> factors) {
    int k = model.embeddingSize();
    double[][] fields = new double[schema.size()][k];
    double logit = 0;
    for (int j = 0; j < example.occurrences(); j++) {
      double[] row = rows.get(example.fids()[j]);
      logit += example.values()[j] * row[0];
      int index = schema.indexes()[Fids.field(example.fids()[j])];
      for (int d = 0; index >= 0 && d < k; d++) {
        fields[index][d] += example.values()[j] * row[1 + d];
      }
    }
    for (int f = 0; model.kind().pairs() && f < fields.length; f++) {
      for (int g = f + 1; g < fields.length; g++) {
        for (int d = 0; d < k; d++) {
          logit += fields[f][d] * fields[g][d];
        }
      }
    }
    double[] inputs = new double[fields.length * k];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = fields[i / k][i % k];
    }
    return logit + cross(inputs) + deep(inputs, factors);
  }

  private double cross(double[] inputs) {
    if (model.crossLayers() == 0) {
      return 0;
    }
    int n = inputs.length;
    double[] x = inputs.clone();
    for (int l = 0; l < model.crossLayers(); l++) {
      double[] mapped = layer(x, n, l * (n + 1) * n, false);
      for (int i = 0; i < n; i++) {
        x[i] += inputs[i] * mapped[i];
      }
    }
    return layer(x, 1, model.crossLayers() * (n + 1) * n, false)[0];
  }

  private double deep(double[] inputs, ToDoubleBiFunction<Integer, Integer> factors) {
    if (model.hiddenLayers().isEmpty()) {
      return 0;
    }
    double[] x = inputs;
    int n = inputs.length;
    int at = model.crossLayers() == 0 ? 0 : (model.crossLayers() * n + 1) * (n + 1);
    for (int l = 0; l < model.hiddenLayers().size(); l++) {
      int units = model.hiddenLayers().get(l);
      int next = at + (x.length + 1) * units;
      x = layer(x, units, at, true);
      for (int unit = 0; unit < units; unit++) {
        x[unit] *= factors.applyAsDouble(l, unit);
      }
      at = next;
    }
    return layer(x, 1, at, false)[0];
  }

  private double[] layer(double[] x, int units, int at, boolean relu) {
    double[] y = new double[units];
    for (int u = 0; u < units; u++) {
      y[u] = dense[at + x.length * units + u];
      for (int i = 0; i < x.length; i++) {
        y[u] += x[i] * dense[at + i * units + u];
      }
      y[u] = relu ? Math.max(0, y[u]) : y[u];
    }
    return y;
  }

  private static double penalty(double[] values, double l2) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return l2 / 2 * squares;
  }
}
