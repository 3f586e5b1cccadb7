package io.freshet.model.gauge;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.gauge.PublishedGauge.OfTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A learner's measurements of its stream: what numbers are, how frequent positives are, and which
 * part of the model predicts well. All are sums in one block of doubles, {@link #values}: 13 of
 * each numeric field (the count, and the sums of four powers of the number and of two logarithms),
 * 3 of each component of a vector, then of each task 2 of the base rate, and those of the mixture:
 * 2, and 2 of each expert.
 *
 * <p>Several learners have replicas of one block: each adds what it sees, and the owner of the
 * block adds up what they added. Only the owner forgets; a learner on its own is the owner too. Not
 * thread-safe.
 */
public final class Gauge {
  private final NumberExpansion expansion;
  private final boolean owner;
  private final double[] values;
  private final Moments[] numbers;
  private final List<TaskGauge> tasks = new ArrayList<>();
  private final List<String> further; // names of all but the first
  private final int furtherSums; // of a task that is not the first

  /**
   * A gauge that has seen nothing.
   *
   * @param owner whether it forgets by itself
   */
  public Gauge(FeatureSchema schema, ModelKind kind, Safeguards safeguards, boolean owner) {
    this(schema, kind, List.of(), safeguards, owner);
  }

  /** A gauge of a model's tasks that has seen nothing. */
  public Gauge(FeatureSchema schema, ModelSettings model, Safeguards safeguards, boolean owner) {
    this(schema, model.kind(), model.tasks().further(), safeguards, owner);
  }

  private Gauge(
      FeatureSchema schema,
      ModelKind kind,
      List<String> further,
      Safeguards safeguards,
      boolean owner) {
    this.owner = owner;
    this.further = List.copyOf(further);
    int n = 1 + further.size();
    expansion = new NumberExpansion(schema);
    int sums = sums(fields());
    int size = sums;
    for (int task = 0; task < n; task++) {
      size += TaskGauge.sums(TaskGauge.experts(safeguards, kind, task));
    }
    values = new double[size];
    numbers = moments();
    furtherSums = TaskGauge.sums(TaskGauge.experts(safeguards, kind, 1));
    for (int task = 0; task < n; task++) {
      List<Expert> experts = TaskGauge.experts(safeguards, kind, task);
      tasks.add(new TaskGauge(safeguards, experts, values, sums));
      sums += TaskGauge.sums(experts);
    }
  }

  /** What it measures of a task. */
  public TaskGauge task(int task) {
    return tasks.get(task);
  }

  private Moments[] moments() {
    List<Moments> all = new ArrayList<>();
    int at = 0;
    for (Field field : expansion.fields()) {
      boolean isVector = field instanceof VectorField;
      for (int i = 0; i < field.numbers(); i++) {
        all.add(isVector ? new ComponentMoments(values, at) : new NumberMoments(values, at));
        at += isVector ? ComponentMoments.SUMS : NumberMoments.SUMS;
      }
    }
    return all.toArray(Moments[]::new);
  }

  /**
   * The fields that carry numbers, in the order of their sums: the field's number, of a vector with
   * its size in the bits above.
   */
  public int[] fields() {
    return expansion.fields().stream()
        .mapToInt(f -> f.number() | (f instanceof VectorField ? f.numbers() << Fids.FIELD_BITS : 0))
        .toArray();
  }

  /** How many sums such fields have. */
  private static int sums(int[] fields) {
    return Arrays.stream(fields).map(Gauge::sums).sum();
  }

  private static int sums(int field) {
    int components = field >>> Fids.FIELD_BITS;
    return components == 0 ? NumberMoments.SUMS : components * ComponentMoments.SUMS;
  }

  /** The block itself. */
  public double[] values() {
    return values;
  }

  /**
   * Encodes the numbers of an example as known now. Those of one that is learned are added before,
   * so that the first is not beyond all bounds.
   */
  public LabeledExample encode(LabeledExample example) {
    return expansion.fields().isEmpty()
        ? example
        : example.with(encode(example.example(), example.isLearned()));
  }

  /** Encodes the numbers of an example as known now; adds them before, if wanted. */
  public Example encode(Example example, boolean add) {
    return expansion.expand(example, (i, x) -> standardize(i, x, add));
  }

  private double standardize(int i, double number, boolean add) {
    if (!(Math.abs(number) <= NumberMoments.MOST)) {
      return Double.NaN; // not learned, as poison
    }
    if (add) {
      numbers[i].add(number);
      if (owner) {
        numbers[i].halveIfFull();
      }
    }
    return numbers[i].scale(expansion.scale(i)).standardize(number);
  }

  /** Begins a row step: offset and mixture are fixed, and what is added counts for the next. */
  public void beginStep() {
    tasks.forEach(TaskGauge::beginStep);
  }

  /** Ends a communication batch. */
  public void endBatch() {
    if (owner) {
      tasks.forEach(task -> task.mixture().halveIfFull());
    }
  }

  /** As the owner of several learners' sums: adds what one of them added. */
  public void merge(double[] added) {
    for (int i = 0; i < values.length; i++) {
      values[i] += added[i];
    }
    Arrays.stream(numbers).forEach(Moments::halveIfFull);
    tasks.forEach(task -> task.mixture().halveIfFull());
  }

  /** Trusts the experts as if none had predicted yet; all that is not theirs stays. */
  public void restartMixture() {
    tasks.forEach(task -> task.mixture().clear());
  }

  public void set(double[] others) {
    System.arraycopy(others, 0, values, 0, values.length);
  }

  /**
   * Starts from what another learner published, so that its rows mean here what they meant there.
   * All is as if half the capacity of what forgets had been seen: what the stream says soon counts
   * for more.
   *
   * @param theirs names of its tasks, except the first
   */
  public void startFrom(PublishedGauge other, List<String> theirs) {
    Arrays.fill(values, 0);
    for (int i = 0; i < other.numbers().size(); i++) {
      numbers[i].start(other.numbers().get(i));
    }
    tasks.get(0).startFrom(other);
    for (int task = 1; task < tasks.size(); task++) {
      int was = 1 + theirs.indexOf(further.get(task - 1));
      if (was > 0 && was < other.tasks()) {
        tasks.get(task).startFrom(other.of(was));
      }
    }
  }

  /**
   * Takes over stored sums: those of the fields and tasks that there are still, and the mixture's
   * where it has as many experts.
   *
   * @param fields as {@link #fields} was
   * @param theirs names of the tasks that the sums are of, except the first
   */
  public void restore(int[] fields, double[] stored, List<String> theirs) {
    Map<Integer, Integer> places = new HashMap<>();
    int from = 0;
    for (int field : fields) {
      places.put(field, from);
      from += sums(field);
    }
    int to = 0;
    for (int field : fields()) {
      if (places.containsKey(field)) {
        System.arraycopy(stored, places.get(field), values, to, sums(field));
      }
      to += sums(field);
    }
    int first = tasks.get(0).sums();
    if (stored.length - from == first + theirs.size() * furtherSums) {
      System.arraycopy(stored, from, values, to, first);
      restoreFurther(stored, from + first, to + first, theirs);
    } else {
      System.arraycopy(stored, from, values, to, BaseRate.SUMS);
      double[] others = Arrays.copyOfRange(stored, from + BaseRate.SUMS, stored.length);
      tasks.get(0).mixture().restore(others);
    }
  }

  private void restoreFurther(double[] stored, int from, int to, List<String> theirs) {
    for (int task = 0; task < further.size(); task++) {
      int was = theirs.indexOf(further.get(task));
      if (was >= 0) {
        System.arraycopy(
            stored, from + was * furtherSums, values, to + task * furtherSums, furtherSums);
      }
    }
  }

  /** As it is now. */
  public PublishedGauge published() {
    List<NumberScale> scales =
        IntStream.range(0, numbers.length)
            .mapToObj(i -> numbers[i].scale(expansion.scale(i)))
            .toList();
    List<OfTask> all = tasks.stream().map(TaskGauge::published).toList();
    OfTask first = all.get(0);
    return new PublishedGauge(scales, first.offset(), first.experts(), all.subList(1, all.size()));
  }
}
