package io.freshet.train.loop;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Labeled examples that depend on a seed and their number only, so that a source can replay them.
 */
public final class SyntheticExamples {
  public static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new CategoricalField("item", 2),
              new MultiField("tags", 3)),
          "user");

  /** Components of a photo. */
  static final int PHOTO = 4;

  /** The schema of {@link #withNumbers}. */
  static final FeatureSchema NUMBERS =
      new FeatureSchema(
          Stream.concat(
                  SCHEMA.fields().stream(),
                  Stream.of(
                      new NumericField("price", 4, new Transform.Auto()),
                      new NumericField("age", 5, new Transform.Identity()),
                      new VectorField("photo", 6, PHOTO)))
              .toList(),
          "user");

  /** Examples of an age, a whole number, which each fourth lacks. */
  static final int LACKS_AGE = 4;

  private SyntheticExamples() {}

  public static LabeledExample example(long seed, long number) {
    SplittableRandom random = new SplittableRandom(seed * 31 + number * 0x9E3779B97F4A7C15L);
    long user = random.nextInt(60);
    int tags = 1 + random.nextInt(3);
    long[] fids = new long[3 + tags];
    float[] values = new float[fids.length];
    fids[0] = Fids.BIAS;
    values[0] = 1;
    fids[1] = Fids.of(1, user * 7919);
    values[1] = 1;
    fids[2] = Fids.of(2, (long) (200 * random.nextDouble() * random.nextDouble()) * 104729);
    values[2] = 1;
    for (int i = 0; i < tags; i++) {
      fids[3 + i] = Fids.of(3, random.nextInt(20));
      values[3 + i] = 1f / tags;
    }
    float label = (user + fids[2] / 104729) % 3 == 0 ? 1 : 0;
    return new LabeledExample(
        "i" + number, 1000 * number, label, 1, new Example(user, fids, values));
  }

  /** The example, or one of the same features with a value, label or weight out of bounds. */
  static LabeledExample poisoned(LabeledExample good) {
    float[] values = good.example().values().clone();
    Example example = new Example(good.example().user(), good.example().fids(), values);
    return switch ((int) (good.time() / 1000 % 100)) {
      case 7 -> new LabeledExample(good.impressionId(), good.time(), Float.NaN, 1, example);
      case 27 -> new LabeledExample(good.impressionId(), good.time(), 1, 1e38f, example);
      case 47 -> {
        values[2] = 3e38f;
        yield new LabeledExample(good.impressionId(), good.time(), 1, 1, example);
      }
      case 67 -> {
        values[1] = Float.NEGATIVE_INFINITY;
        yield new LabeledExample(good.impressionId(), good.time(), 0, 1, example);
      }
      default -> good;
    };
  }

  /** The example as each kind in turn, most of them as under a policy of fake negatives. */
  static LabeledExample ofEveryKind(LabeledExample example) {
    int turn = (int) (example.time() / 1000 % 10);
    Kind kind =
        switch (turn) {
          case 0, 5 -> Kind.PREDICTION;
          case 7 -> Kind.CORRECTION;
          default -> example.label() == 0 ? Kind.FAKE_NEGATIVE : Kind.REINGESTED;
        };
    return new LabeledExample(
        example.impressionId(),
        example.time(),
        kind == Kind.CORRECTION ? 1 : example.label(),
        1,
        example.example(),
        kind,
        0.5f,
        kind == Kind.PREDICTION);
  }

  /**
   * The example with a price, mostly an age, and a photo in whole numbers. Prices have heavy tails,
   * and are 1000 times as large from the 12,000th example on.
   */
  static LabeledExample withNumbers(LabeledExample example) {
    long number = example.time() / 1000;
    SplittableRandom random = new SplittableRandom(number * 0x9E3779B97F4A7C15L + 1);
    double price = Math.exp(2 * random.nextGaussian()) * (number < 12_000 ? 1 : 1000);
    Example plain = example.example();
    int n = plain.occurrences();
    int more = number % LACKS_AGE == 0 ? 1 : 2;
    long[] fids = Arrays.copyOf(plain.fids(), n + more + PHOTO);
    float[] values = Arrays.copyOf(plain.values(), n + more + PHOTO);
    fids[n] = Fids.number(4);
    values[n] = (float) price;
    if (more == 2) {
      fids[n + 1] = Fids.number(5);
      values[n + 1] = 18 + random.nextInt(60);
    }
    for (int i = 0; i < PHOTO; i++) {
      fids[n + more + i] = Fids.component(6, i);
      values[n + more + i] = random.nextInt(1 + 100 * i);
    }
    return example.with(new Example(plain.user(), fids, values));
  }

  public static List<LabeledExample> examples(long seed, int n) {
    List<LabeledExample> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      examples.add(example(seed, i));
    }
    return examples;
  }

  /** How often each feature occurs in the first n examples. */
  public static Map<Long, Long> occurrences(long seed, int n) {
    Map<Long, Long> occurrences = new HashMap<>();
    for (LabeledExample example : examples(seed, n)) {
      for (long fid : example.example().fids()) {
        occurrences.merge(fid, 1L, Long::sum);
      }
    }
    return occurrences;
  }
}
