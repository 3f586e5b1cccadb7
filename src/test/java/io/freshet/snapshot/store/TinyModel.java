package io.freshet.snapshot.store;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.CrossField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseBlock;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.format.ManifestTemplate;
import io.freshet.snapshot.format.RowBuffer;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.write.PartFile;
import io.freshet.snapshot.write.PublisherInput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** A model small enough to look at: two embedding values a row, one hidden layer of three. */
public final class TinyModel {
  static final int WIDTH = 3;
  public static final ModelSettings SETTINGS = ModelSettings.deepFm(2, List.of(3), 0, 42);
  public static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new MultiField("genres", 2),
              new NumericField("price", 3, new Transform.Standardize(2.5, 0.5)),
              new CrossField("user-genre", 4, List.of("user", "genres"))),
          "user");

  /** 8 inputs to 3 units to 1: weights and biases. */
  public static final int DENSE_SIZE = 8 * 3 + 3 + 3 + 1;

  public static final ManifestTemplate TEMPLATE = ManifestTemplate.of("tiny", SCHEMA, SETTINGS);

  public static final PublishedGauge GAUGE =
      new PublishedGauge(
          List.of(new NumberScale(1, 1.25, 0.5)),
          -2.5,
          List.of(
              new Expert(0, 0, 0.25, 0),
              new Expert(0.5, 0, 0.125, -1),
              new Expert(0, 1, 0.625, 0.375)));

  private TinyModel() {}

  /** One row each, [seed, seed + 1, seed + 2], with as many updates as the seed says. */
  public static RowBlock rows(int seed, long... fids) {
    long[] updates = new long[fids.length];
    float[] values = new float[fids.length * WIDTH];
    for (int i = 0; i < fids.length; i++) {
      updates[i] = seed;
      for (int j = 0; j < WIDTH; j++) {
        values[i * WIDTH + j] = seed + j;
      }
    }
    return new RowBlock(fids, updates, values);
  }

  /** The same rows, and some that are gone. */
  public static RowBlock removal(RowBlock rows, long... removed) {
    return new RowBlock(rows.fids(), rows.updates(), rows.values(), removed);
  }

  /** The whole dense part, every parameter the same. */
  public static DenseBlock dense(float value) {
    float[] values = new float[DENSE_SIZE];
    Arrays.fill(values, value);
    return new DenseBlock(0, values, (long) value * 100);
  }

  /** A staged part. */
  public static PublisherInput.Part part(WritableStorage storage, RowBlock... blocks)
      throws IOException {
    return part(storage, WIDTH, blocks);
  }

  /** A staged part of rows of any width. */
  public static PublisherInput.Part part(WritableStorage storage, int width, RowBlock... blocks)
      throws IOException {
    RowBuffer buffer = new RowBuffer(width);
    Arrays.stream(blocks).forEach(buffer::add);
    return PartFile.write(buffer, PartFile.newPath(), storage);
  }

  /** The row of a fid, or null. */
  public static float[] row(Snapshot snapshot, long fid) {
    float[] row = new float[WIDTH];
    return snapshot.read(fid, row, 0) ? row : null;
  }
}
