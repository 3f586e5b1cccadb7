package io.freshet.train.loop;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import java.util.Arrays;

/**
 * Removes features of fields that the model does not have: impressions that waited for their labels
 * when a field was removed still have its features.
 */
final class ActiveFieldFilter {
  private final boolean[] isActive = new boolean[Fids.MAX_FIELD + 1]; // by field number

  ActiveFieldFilter(FeatureSchema schema) {
    isActive[Fids.field(Fids.BIAS)] = true;
    schema.fields().forEach(field -> isActive[field.number()] = true);
  }

  /** Returns the example without other features; the same one if it has none. */
  LabeledExample of(LabeledExample example) {
    for (long fid : example.example().fids()) {
      if (!isActive[Fids.field(fid)]) {
        return example.with(strip(example.example()));
      }
    }
    return example;
  }

  private Example strip(Example example) {
    long[] fids = new long[example.occurrences()];
    float[] values = new float[fids.length];
    int n = 0;
    for (int i = 0; i < fids.length; i++) {
      if (isActive[Fids.field(example.fids()[i])]) {
        fids[n] = example.fids()[i];
        values[n++] = example.values()[i];
      }
    }
    return new Example(example.user(), Arrays.copyOf(fids, n), Arrays.copyOf(values, n));
  }
}
