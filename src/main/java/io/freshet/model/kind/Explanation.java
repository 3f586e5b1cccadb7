package io.freshet.model.kind;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * How much each field adds to the logit of one example, against the same example without any field.
 *
 * <p>Each is the field's Shapley value, taken apart by the terms of the model:
 *
 * <pre>
 * first order   its sum of value · w                                    exact
 * pairs         ½ e_f · Σ_{g ≠ f} e_g: half of each pair it is in        exact
 * dense part    what it adds to the layers' output, and to all by attention to other fields, the mean over orders in which the fields come
 *               one after the other (Castro, Gómez, Tejada 2009): {@link #ORDERS} orders, drawn
 *               once, each also backwards
 * </pre>
 *
 * <p>The orders make the dense part's shares an estimate, but not their sum: the differences along
 * an order add up to the whole. So {@code base} and all shares add up to the logit, up to the
 * rounding of single-precision logits.
 *
 * @param logit of the example
 * @param base the logit without any field: the bias and what the layers give for nothing
 * @param firstOrder by index
 * @param pairs by index; zeros for a model without pairs
 * @param dense by index; zeros for a model without a dense part
 * @param numbers by index what the model takes a number for; NaN where the field has none
 */
public record Explanation(
    double logit,
    double base,
    double[] firstOrder,
    double[] pairs,
    double[] dense,
    double[] numbers,
    Mixed mixed) {
  private static final int ORDERS = 16;
  private static final long SEED = 17; // of the orders: the same question has the same answer

  /**
   * How the prediction of the whole example is mixed.
   *
   * @param offset the base rate's log odds, which {@code base} holds too
   * @param firstOrder the first-order sum, that of the bias included
   * @param predictions of the experts, corrected
   * @param probability mixed of them, before any correction for the labels
   */
  public record Mixed(
      double offset, double firstOrder, List<Double> predictions, double probability) {
    public Mixed {
      predictions = List.copyOf(predictions);
    }
  }

  /** What the fields of an example come to: for each index [Σ value · w, e_f]. */
  interface Fields {
    double[][] of(Example example);
  }

  interface Logits {
    float[] of(List<Example> examples);
  }

  static Explanation of(
      Example example,
      Mixed mixed,
      int[] indexes,
      boolean hasPairs,
      boolean hasDense,
      Fields fields,
      Logits logits) {
    return new Shares(example, indexes, hasPairs, hasDense, fields.of(example), logits)
        .explanation(mixed);
  }

  /** What the index's field adds in all. */
  public double total(int index) {
    return firstOrder[index] + pairs[index] + dense[index];
  }

  private record Shares(
      Example example,
      int[] indexes,
      boolean hasPairs,
      boolean hasDense,
      double[][] sums,
      Logits logits) {

    Explanation explanation(Mixed mixed) {
      double[] firstOrder = Arrays.stream(sums).mapToDouble(sum -> sum[0]).toArray();
      double[] pairs = new double[sums.length];
      double[] total = new double[sums[0].length];
      Arrays.stream(sums).forEach(sum -> add(sum, total));
      for (int f = 0; hasPairs && f < sums.length; f++) {
        pairs[f] = (product(sums[f], total) - product(sums[f], sums[f])) / 2;
      }
      double[] dense = new double[sums.length];
      float[] ends = logits.of(List.of(example, with(new boolean[sums.length])));
      if (hasDense) {
        addDense(dense);
      }
      return new Explanation(ends[0], ends[1], firstOrder, pairs, dense, numbers(), mixed);
    }

    private double[] numbers() {
      double[] numbers = new double[sums.length];
      Arrays.fill(numbers, Double.NaN);
      for (int i = 0; i < example.occurrences(); i++) {
        long fid = example.fids()[i];
        if (Fids.isNumber(fid) && indexes[Fids.field(fid)] >= 0) {
          numbers[indexes[Fids.field(fid)]] = example.values()[i];
        }
      }
      return numbers;
    }

    private void addDense(double[] to) {
      Random random = new Random(SEED);
      for (int order = 0; order < ORDERS; order += 2) {
        int[] fields = shuffled(sums.length, random);
        addAlong(fields, to);
        reverse(fields);
        addAlong(fields, to);
      }
    }

    /** Adds what each field changes when it comes, less its first order and its pairs so far. */
    private void addAlong(int[] fields, double[] to) {
      boolean[] present = new boolean[fields.length];
      List<Example> steps = new ArrayList<>(List.of(with(present)));
      for (int field : fields) {
        present[field] = true;
        steps.add(with(present));
      }
      float[] along = logits.of(steps);
      double[] before = new double[sums[0].length];
      for (int i = 0; i < fields.length; i++) {
        double[] sum = sums[fields[i]];
        double pairs = hasPairs ? product(sum, before) : 0;
        to[fields[i]] += ((double) along[i + 1] - along[i] - sum[0] - pairs) / ORDERS;
        add(sum, before);
      }
    }

    /** The example with the fields that are present, and what belongs to no field. */
    private Example with(boolean[] present) {
      long[] fids = new long[example.occurrences()];
      float[] values = new float[fids.length];
      int n = 0;
      for (int i = 0; i < fids.length; i++) {
        int index = indexes[Fids.field(example.fids()[i])];
        if (index < 0 || present[index]) {
          fids[n] = example.fids()[i];
          values[n++] = example.values()[i];
        }
      }
      return new Example(example.user(), Arrays.copyOf(fids, n), Arrays.copyOf(values, n));
    }
  }

  private static void add(double[] sum, double[] to) {
    for (int d = 0; d < to.length; d++) {
      to[d] += sum[d];
    }
  }

  /** Of the embeddings, which follow the first-order sum. */
  private static double product(double[] a, double[] b) {
    double product = 0;
    for (int d = 1; d < a.length; d++) {
      product += a[d] * b[d];
    }
    return product;
  }

  private static int[] shuffled(int n, Random random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static void reverse(int[] order) {
    for (int i = 0, j = order.length - 1; i < j; i++, j--) {
      int first = order[i];
      order[i] = order[j];
      order[j] = first;
    }
  }
}
