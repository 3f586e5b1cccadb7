package io.freshet.lab.fit;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The features frequent enough in training to have their own row. All others of a field count as
 * its missing value, which so learns from the rare ones.
 *
 * <p>If once is enough, nothing is replaced: a feature that training has not met counts as nothing,
 * since an untrained row says nothing.
 */
final class FrequentValues {
  private final Map<Long, Integer> counts = new HashMap<>();
  private final int least;

  FrequentValues(List<LabeledExample> train, int least) {
    this.least = least;
    if (least > 1) {
      for (LabeledExample example : train) {
        for (long fid : example.example().fids()) {
          counts.merge(fid, 1, Integer::sum);
        }
      }
    }
  }

  List<LabeledExample> of(List<LabeledExample> examples) {
    return least == 1
        ? examples
        : examples.stream().map(example -> example.with(of(example.example()))).toList();
  }

  private Example of(Example example) {
    long[] fids = example.fids().clone();
    for (int i = 0; i < fids.length; i++) {
      if (fids[i] != Fids.BIAS && counts.getOrDefault(fids[i], 0) < least) {
        fids[i] = Fids.missing(Fids.field(fids[i]));
      }
    }
    return new Example(example.user(), fids, example.values());
  }
}
