package io.freshet.lab.bench.cost;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.MultiField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Plain DeepFM with one more field, whose values hang on the example alone. */
final class FieldCase {
  static final String ITEM = "c2"; // whose values sequences hold, and which they attend to

  private static final int TAGS = 1000; // that there are

  private FieldCase() {}

  /** With a vector. */
  static CostCase vector(int size) {
    int number = CostCase.PLAIN.schema().size() + 1;
    long[] fids = new long[size];
    Arrays.setAll(fids, i -> Fids.component(number, i));
    return with(
        "vector of " + size,
        new VectorField("vector", number, size),
        example -> {
          SplittableRandom random = random(example);
          float[] values = new float[size];
          for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
          }
          return append(example, fids, values);
        });
  }

  /** With several values, each with a weight. */
  static CostCase weighted(int count) {
    int number = CostCase.PLAIN.schema().size() + 1;
    return with(
        count + " weighted values",
        new MultiField("tags", number),
        example -> {
          SplittableRandom random = random(example);
          long[] fids = new long[count];
          float[] values = new float[count];
          for (int i = 0; i < count; i++) {
            fids[i] = Fids.of(number, 1000 + random.nextInt(TAGS));
            values[i] = (float) random.nextDouble(2) / count;
          }
          return append(example, fids, values);
        });
  }

  /** With a sequence of another field's values. */
  static CostCase sequence(String name, int length, Pooling pooling, Attention attention) {
    int number = CostCase.PLAIN.schema().size() + 1;
    return with(
        name + " of " + length,
        new SequenceField("recent", number, ITEM, length, pooling, attention),
        example -> {
          SplittableRandom random = random(example);
          long[] fids = new long[length];
          float[] values = new float[length];
          Arrays.setAll(fids, i -> Fids.of(number, 1000 + random.nextInt(TAGS)));
          Arrays.fill(values, 1f / length);
          return append(example, fids, values);
        });
  }

  private interface More {
    Example of(Example example);
  }

  private static CostCase with(String name, Field field, More more) {
    FeatureSchema plain = CostCase.PLAIN.schema();
    List<Field> fields = new ArrayList<>(plain.fields());
    fields.add(field);
    return new CostCase(
        name,
        new FeatureSchema(fields, plain.userField()),
        CostCase.PLAIN.model(),
        example -> change(example, more));
  }

  private static LabeledExample change(LabeledExample example, More more) {
    return example.with(more.of(example.example()));
  }

  private static SplittableRandom random(Example example) {
    return new SplittableRandom(Arrays.hashCode(example.fids()));
  }

  private static Example append(Example example, long[] moreFids, float[] moreValues) {
    int n = example.occurrences();
    long[] fids = Arrays.copyOf(example.fids(), n + moreFids.length);
    float[] values = Arrays.copyOf(example.values(), n + moreValues.length);
    System.arraycopy(moreFids, 0, fids, n, moreFids.length);
    System.arraycopy(moreValues, 0, values, n, moreValues.length);
    return new Example(example.user(), fids, values);
  }
}
