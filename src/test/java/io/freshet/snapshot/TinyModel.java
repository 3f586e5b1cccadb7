package io.freshet.snapshot;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Field;
import io.freshet.feature.Field.Transform;
import io.freshet.model.DenseBlock;
import io.freshet.model.ModelSettings;
import io.freshet.model.RowBlock;
import java.util.Arrays;
import java.util.List;

/** A model small enough to look at: two embedding values a row, one hidden layer of three. */
final class TinyModel {
  static final int WIDTH = 3;
  static final ModelSettings SETTINGS = new ModelSettings(2, List.of(3), 0, 42);
  static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new Field.Categorical("user", 1),
              new Field.Multi("genres", 2),
              new Field.Numeric("price", 3, new Transform.Standardize(2.5, 0.5)),
              new Field.Cross("user-genre", 4, List.of("user", "genres"))),
          "user");

  /** 8 inputs to 3 units to 1: weights and biases. */
  static final int DENSE_SIZE = 8 * 3 + 3 + 3 + 1;

  static final Manifest.Labels LABELS = new Manifest.Labels("click", "wait", "none", 1);

  static final ManifestTemplate TEMPLATE = new ManifestTemplate("tiny", SCHEMA, SETTINGS, LABELS);

  private TinyModel() {}

  /** One row each, [seed, seed + 1, seed + 2], with as many updates as the seed says. */
  static RowBlock rows(int seed, long... fids) {
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
  static RowBlock removal(RowBlock rows, long... removed) {
    return new RowBlock(rows.fids(), rows.updates(), rows.values(), removed);
  }

  /** The whole deep part, every parameter the same. */
  static DenseBlock dense(float value) {
    float[] values = new float[DENSE_SIZE];
    Arrays.fill(values, value);
    return new DenseBlock(0, values, (long) value * 100);
  }

  /** A staged part. */
  static Announcement.Part part(WritableStorage storage, RowBlock... blocks) throws Exception {
    RowBuffer buffer = new RowBuffer(WIDTH);
    Arrays.stream(blocks).forEach(buffer::add);
    return PartFile.write(buffer, PartFile.newPath(), storage);
  }

  /** The row of a fid, or null. */
  static float[] row(Snapshot snapshot, long fid) {
    float[] row = new float[WIDTH];
    return snapshot.read(fid, row, 0) ? row : null;
  }
}
