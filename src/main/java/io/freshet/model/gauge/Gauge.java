package io.freshet.model.gauge;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelKind;
import io.freshet.model.Safeguards;
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
 * 3 of each component of a vector, 2 of the base rate, and those of the mixture: 2, and 2 of each
 * expert.
 *
 * <p>Several learners have replicas of one block: each adds what it sees, and the owner of the
 * block adds up what they added. Only the owner forgets; a learner on its own is the owner too. Not
 * thread-safe.
 */
public final class Gauge {
  private final NumberExpansion expansion;
  private final boolean owner;
  private final Safeguards safeguards;
  private final double[] values;
  private final Moments[] numbers;
  private final BaseRate base;
  private final Mixture mixture;
  private double offset; // of the step

  /**
   * A gauge that has seen nothing.
   *
   * @param owner whether it forgets by itself
   */
  public Gauge(FeatureSchema schema, ModelKind kind, Safeguards safeguards, boolean owner) {
    this.owner = owner;
    this.safeguards = safeguards;
    expansion = new NumberExpansion(schema);
    List<Expert> experts = safeguards.mixture() ? Expert.of(kind) : List.of(Expert.whole(1));
    int sums = sums(fields());
    values = new double[sums + BaseRate.SUMS + Mixture.sums(experts.size())];
    numbers = moments();
    base = new BaseRate(values, sums);
    mixture = new Mixture(experts, values, sums + BaseRate.SUMS);
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
    offset = offset();
    mixture.begin();
  }

  private double offset() {
    return safeguards.offset() ? base.logOdds() : 0;
  }

  /** The logit of the mixed prediction, for what the model's terms add up to. */
  public double logit(float firstOrder, float sum) {
    double probability = mixture.predict(offset, firstOrder, sum);
    return safeguards.mixture() ? Math.log(probability / (1 - probability)) : offset + sum;
  }

  /** Whether the whole model predicts so much worse than a part of it that it is of no use. */
  public boolean isRuined() {
    return mixture.isRuined();
  }

  /** Counts the label of the example that was predicted last. */
  public void addLabel(double weight, double label) {
    base.add(weight, weight * label);
    mixture.add(weight, label);
  }

  /** Counts that the label of the example predicted last was learned too small by {@code more}. */
  public void correctLabel(double weight, double more) {
    base.add(0, weight * more);
    mixture.correct(weight, more);
  }

  /** What is added to the model's terms to learn from: the base rate with the step's labels. */
  public double learningOffset() {
    return offset();
  }

  /** Ends a communication batch. */
  public void endBatch() {
    if (owner) {
      mixture.halveIfFull();
    }
  }

  /** As the owner of several learners' sums: adds what one of them added. */
  public void merge(double[] added) {
    for (int i = 0; i < values.length; i++) {
      values[i] += added[i];
    }
    Arrays.stream(numbers).forEach(Moments::halveIfFull);
    mixture.halveIfFull();
  }

  /** Trusts the experts as if none had predicted yet; all that is not theirs stays. */
  public void restartMixture() {
    mixture.clear();
  }

  public void set(double[] others) {
    System.arraycopy(others, 0, values, 0, values.length);
  }

  /**
   * Starts from what another learner published, so that its rows mean here what they meant there.
   * All is as if half the capacity of what forgets had been seen: what the stream says soon counts
   * for more.
   */
  public void startFrom(PublishedGauge other) {
    Arrays.fill(values, 0);
    for (int i = 0; i < other.numbers().size(); i++) {
      numbers[i].start(other.numbers().get(i));
    }
    base.start(other.offset(), Mixture.CAPACITY / 2);
    if (other.experts().size() == mixture.experts().size()) {
      mixture.start(other.experts(), 1 / (1 + Math.exp(-other.offset())));
    }
  }

  /**
   * Takes over stored sums: those of the fields that there are still, and the mixture's where it
   * has as many experts.
   *
   * @param fields as {@link #fields} was
   */
  public void restore(int[] fields, double[] stored) {
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
    int rest = values.length - to;
    if (stored.length - from == rest) {
      System.arraycopy(stored, from, values, to, rest);
    } else {
      System.arraycopy(stored, from, values, to, BaseRate.SUMS);
      mixture.restore(Arrays.copyOfRange(stored, from + BaseRate.SUMS, stored.length));
    }
  }

  /** As it is now. */
  public PublishedGauge published() {
    mixture.begin();
    List<NumberScale> scales =
        IntStream.range(0, numbers.length)
            .mapToObj(i -> numbers[i].scale(expansion.scale(i)))
            .toList();
    return new PublishedGauge(scales, offset(), mixture.experts());
  }
}
