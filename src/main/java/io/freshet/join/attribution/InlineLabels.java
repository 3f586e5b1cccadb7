package io.freshet.join.attribution;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinEntry.Waiting;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.policy.WaitForLabel;
import io.freshet.join.policy.WaitingPolicy;
import io.freshet.join.policy.WarmUp;

/**
 * Examples of impressions that say their labels. Each is decided when it comes, by what the join
 * would make of it: clipped weights, sampled negatives, scored predictions. Ids are not remembered,
 * so that an impression which is in its topic twice is learned twice.
 */
public final class InlineLabels {
  private final float maxWeight;
  private final double scoredShare;
  private final WarmUp warmUp; // of no length
  private final WaitingPolicy policy;
  private final JoinCounts counts;
  private final JoinOutput output;

  public InlineLabels(JoinSettings settings, JoinCounts counts, JoinOutput output) {
    this.maxWeight = settings.labels().maxWeight();
    this.scoredShare = settings.scoredShare();
    this.counts = requireNonNull(counts, "counts");
    this.output = requireNonNull(output, "output");
    this.warmUp = new WarmUp(settings);
    this.policy = new WaitForLabel(settings.labels(), warmUp, counts, output);
  }

  /** Emits what the impression makes. */
  public void onImpression(EncodedImpression impression) {
    counts.add(Count.IMPRESSIONS);
    counts.add(impression.label() > 0 ? Count.POSITIVES : Count.NEGATIVES);
    if (impression.weight() > maxWeight) {
      counts.add(Count.CLIPPED_WEIGHTS);
    }
    warmUp.shown(impression.timestamp());
    String id = impression.id();
    float weight = Math.min(impression.weight(), maxWeight);
    boolean scored = ImpressionHash.isScored(id, scoredShare);
    Waiting shown = policy.opened(id, Waiting.of(impression, weight, scored));
    policy.decided(id, shown, impression.label(), impression.timestamp());
    if (impression.label() > 0) {
      output.acted(id, impression.example(), Click.CLICK, impression.timestamp());
    }
    if (scored) {
      long key = ImpressionHash.key(id);
      output.finalLabel(new FinalLabel(key, impression.timestamp(), impression.label(), weight));
    }
  }
}
