package io.freshet.model.batch;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.ParallelField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.row.RowLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Random examples of four fields: a user, an item, tags (several, with repeats and weights) and a
 * number. Few values a field, so that batches and examples hold the same id more than once.
 */
public final class Examples {
  public static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 7),
              new CategoricalField("item", 2),
              new MultiField("tags", 3),
              new NumericField("price", 4, new NumericField.Transform.Identity())),
          "user");

  /** The same with fields that share the item's rows: one more item, and several. */
  public static final FeatureSchema SHARING =
      new FeatureSchema(
          Stream.concat(
                  SCHEMA.fields().stream(),
                  Stream.of(
                      new CategoricalField("last", 5, "item"), new MultiField("seen", 6, "item")))
              .toList(),
          "user");

  /** The fields of {@link #SHARING}, whose items attend to the one at hand. */
  public static FeatureSchema attending(int units, boolean softmax) {
    Attention attention = new Attention("item", units, softmax);
    return new FeatureSchema(
        Stream.concat(
                SCHEMA.fields().stream(),
                Stream.of(
                    new CategoricalField("last", 5, "item"),
                    new SequenceField("seen", 6, "item", 9, Pooling.ATTENTION, attention)))
            .toList(),
        "user");
  }

  /**
   * The fields of {@link #attending} with lists along their items: one before them, with rows of
   * its own, and one behind them, whose values are tags and compared with those.
   */
  public static FeatureSchema parallel(int units, boolean softmax) {
    List<Field> fields = new ArrayList<>(attending(units, softmax).fields());
    fields.add(0, new ParallelField("action", 8, "seen", "", "", false));
    fields.add(new ParallelField("about", 9, "seen", "tags", "tags", false));
    return new FeatureSchema(fields, "user");
  }

  private final Random random;

  public Examples(long seed) {
    random = new Random(seed);
  }

  /** An example of a user, with a fractional label and a weight. */
  public LabeledExample next(long user) {
    int tags = 1 + random.nextInt(4);
    List<Long> fids = new ArrayList<>(List.of(Fids.BIAS, Fids.of(7, user)));
    List<Float> values = new ArrayList<>(List.of(1f, 1f));
    add(fids, values, Fids.of(2, random.nextInt(5)), 1);
    for (int t = 0; t < tags; t++) {
      add(fids, values, Fids.of(3, random.nextInt(3)), (1.5f - t) / tags);
    }
    add(fids, values, Fids.of(4, 0), random.nextFloat() * 2 - 1);
    return labeled(random.nextFloat(), 0.5f + random.nextFloat(), example(user, fids, values));
  }

  /** Examples of users 0, 1, …, each once. */
  public List<LabeledExample> ofDistinctUsers(int n) {
    List<LabeledExample> examples = new ArrayList<>();
    for (int user = 0; user < n; user++) {
      examples.add(next(user));
    }
    return examples;
  }

  /** Examples of random users among a few. */
  public List<LabeledExample> ofUsers(int users, int n) {
    List<LabeledExample> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      examples.add(next(random.nextInt(users)));
    }
    return examples;
  }

  /** The examples with more items, or without, for {@link #SHARING}. */
  public List<LabeledExample> sharing(List<LabeledExample> examples) {
    return examples.stream().map(example -> example.with(sharing(example.example()))).toList();
  }

  private Example sharing(Example plain) {
    List<Long> fids = new ArrayList<>(Arrays.stream(plain.fids()).boxed().toList());
    List<Float> values = new ArrayList<>();
    for (float value : plain.values()) {
      values.add(value);
    }
    int last = random.nextInt(6);
    add(fids, values, last == 5 ? Fids.missing(5) : Fids.of(5, last), 1);
    int seen = random.nextInt(4);
    for (int i = 0; i < seen; i++) {
      add(fids, values, Fids.of(6, 1 + random.nextInt(4)), 1f / seen);
    }
    if (seen == 0) {
      add(fids, values, Fids.missing(6), 1);
    }
    return example(plain.user(), fids, values);
  }

  /**
   * Those of {@link #sharing} with lists along their items, of which some have none, as if from
   * before there were those; for {@link #parallel}.
   */
  public List<LabeledExample> parallel(List<LabeledExample> sharing) {
    return sharing.stream().map(example -> example.with(parallel(example.example()))).toList();
  }

  private Example parallel(Example plain) {
    List<Long> fids = new ArrayList<>();
    List<Float> values = new ArrayList<>();
    int seen = (int) Arrays.stream(plain.fids()).filter(fid -> isSeen(fid)).count();
    add(fids, values, Fids.BIAS, 1);
    addAlong(fids, values, 8, seen);
    for (int i = 1; i < plain.occurrences(); i++) {
      add(fids, values, plain.fids()[i], plain.values()[i]);
    }
    addAlong(fids, values, 9, seen);
    return example(plain.user(), fids, values);
  }

  private static boolean isSeen(long fid) {
    return Fids.field(fid) == 6 && fid != Fids.missing(6);
  }

  private void addAlong(List<Long> fids, List<Float> values, int field, int count) {
    int have = random.nextInt(4) == 0 ? 0 : count;
    for (int i = 0; i < have; i++) {
      add(fids, values, Fids.of(field, 1 + random.nextInt(2)), 1f / count);
    }
    if (have == 0) {
      add(fids, values, Fids.missing(field), 1);
    }
  }

  public static LabeledExample labeled(float label, float weight, Example example) {
    return new LabeledExample("an impression", 1_700_000_000_000L, label, weight, example);
  }

  public static Example example(long user, List<Long> fids, List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return new Example(user, fids.stream().mapToLong(f -> f).toArray(), floats);
  }

  public static MiniBatch batch(List<LabeledExample> examples) {
    return batch(SCHEMA, examples);
  }

  public static MiniBatch batch(FeatureSchema schema, List<LabeledExample> examples) {
    MiniBatch batch = new MiniBatch(SharedRows.of(schema));
    examples.forEach(batch::add);
    return batch;
  }

  /** The rows that the features of a batch start with. */
  public static float[] startRows(RowLayout layout, MiniBatch batch) {
    float[] rows = new float[batch.rows() * layout.width()];
    for (int row = 0; row < batch.rows(); row++) {
      layout.start(batch.fid(row), rows, row * layout.width());
    }
    return rows;
  }

  private static void add(List<Long> fids, List<Float> values, long fid, float value) {
    fids.add(fid);
    values.add(value);
  }
}
