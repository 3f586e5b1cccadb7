package io.freshet.train.loop;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import java.util.Arrays;

/**
 * Leaves out of examples what the model has no field for: impressions that waited for their labels
 * when a field was removed still hold it.
 */
final class ActiveFieldFilter {
  private final boolean[] isKnown = new boolean[Fids.MAX_FIELD + 1]; // by field number

  ActiveFieldFilter(FeatureSchema schema) {
    isKnown[Fids.field(Fids.BIAS)] = true;
    schema.fields().forEach(field -> isKnown[field.number()] = true);
  }

  /** The example without other features; itself, if it has none. */
  LabeledExample of(LabeledExample example) {
    for (long fid : example.example().fids()) {
      if (!isKnown[Fids.field(fid)]) {
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
      if (isKnown[Fids.field(example.fids()[i])]) {
        fids[n] = example.fids()[i];
        values[n++] = example.values()[i];
      }
    }
    return new Example(example.user(), Arrays.copyOf(fids, n), Arrays.copyOf(values, n));
  }
}
