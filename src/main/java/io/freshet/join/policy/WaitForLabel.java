package io.freshet.join.policy;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinEntry.Features;
import io.freshet.join.JoinEntry.Waiting;
import io.freshet.join.JoinOutput;

/**
 * The final label, once: a positive at the click (He et al. 2014), though not before the {@link
 * WarmUp} lets it, a negative at the end of the window, the latter for a share of the impressions
 * only if so configured.
 *
 * <p>A late click takes back a negative by a correction. Of a negative that was sampled out there
 * is nothing to take back, so its click is learned as any other; but where negatives weigh 1 / r,
 * those kept stand for those left out too, and each late click takes back one whole negative: in
 * expectation that is what was learned, r times in 1 / r.
 */
public final class WaitForLabel implements WaitingPolicy {
  private final double rate;
  private final boolean weighs;
  private final WarmUp warmUp;
  private final JoinCounts counts;
  private final JoinOutput output;

  public WaitForLabel(LabelSettings labels, WarmUp warmUp, JoinCounts counts, JoinOutput output) {
    this.warmUp = requireNonNull(warmUp, "warmUp");
    this.rate = labels.negativeRate();
    this.weighs = labels.sampling() == Sampling.WEIGHT;
    this.counts = requireNonNull(counts, "counts");
    this.output = requireNonNull(output, "output");
  }

  @Override
  public long due(Waiting impression) {
    return Long.MAX_VALUE;
  }

  @Override
  public Waiting opened(String id, Waiting impression) {
    if (impression.scored()) {
      output.example(WaitingPolicy.prediction(id, impression));
    }
    return impression;
  }

  @Override
  public Waiting emitted(String id, Waiting impression) {
    throw new IllegalStateException("nothing is emitted for " + id + " before its label is final");
  }

  @Override
  public void decided(String id, Waiting impression, float label, long clicked) {
    if (label > 0 || ImpressionHash.keepsNegative(id, rate)) {
      long time = Math.max(clicked, warmUp.notBefore(impression.timestamp()));
      output.example(impression.example(id, Kind.DECIDED, label, time, 0));
    } else {
      counts.add(Count.NEGATIVES_SAMPLED_OUT);
    }
  }

  @Override
  public void corrected(String id, Features impression, float before, float missing, long clicked) {
    boolean learned = before > 0 || weighs || ImpressionHash.keepsNegative(id, rate);
    Kind kind = learned ? Kind.CORRECTION : Kind.DECIDED;
    output.example(impression.example(id, kind, missing, clicked, 0));
  }
}
