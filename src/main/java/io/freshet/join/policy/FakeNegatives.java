package io.freshet.join.policy;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabeledExample;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinEntry.Features;
import io.freshet.join.JoinEntry.Waiting;
import io.freshet.join.JoinOutput;

/**
 * A negative at once, or when no click has come within a short wait of event time, and a positive
 * when the click comes after all (Ktena et al. 2019, arXiv 1907.06558). What makes up for the
 * negatives that were none is the learner's part: each example carries the share q of clicks later
 * than the wait, as it is known here and now; 1 without a wait.
 *
 * <p>The stream hangs on event time alone: a click later than the wait that arrives before the wait
 * has run out makes the fake negative first, and then its positive. A click in time that arrives
 * only after is emitted as a positive all the same. A late click that is to correct is a click like
 * any other here. Only fake negatives are sampled.
 */
public final class FakeNegatives implements WaitingPolicy {
  private final long wait;
  private final double rate;
  private final DelayHistogram delays;
  private final JoinCounts counts;
  private final JoinOutput output;

  public FakeNegatives(
      LabelSettings labels, DelayHistogram delays, JoinCounts counts, JoinOutput output) {
    this.wait = labels.policy() == LabelPolicy.SHORT_WAIT ? labels.shortWait().toMillis() : 0;
    this.rate = labels.negativeRate();
    this.delays = requireNonNull(delays, "delays");
    this.counts = requireNonNull(counts, "counts");
    this.output = requireNonNull(output, "output");
  }

  @Override
  public long due(Waiting impression) {
    return impression.emitted() ? Long.MAX_VALUE : impression.timestamp() + wait;
  }

  @Override
  public Waiting opened(String id, Waiting impression) {
    if (wait == 0) {
      return emitted(id, impression);
    }
    if (impression.scored()) {
      output.example(WaitingPolicy.prediction(id, impression));
    }
    return impression;
  }

  @Override
  public Waiting emitted(String id, Waiting impression) {
    boolean ownPrediction = wait == 0 && impression.scored();
    if (ImpressionHash.keepsNegative(id, rate)) {
      counts.add(Count.FAKE_NEGATIVES);
      LabeledExample fake =
          impression.example(id, Kind.FAKE_NEGATIVE, 0, impression.timestamp() + wait, later());
      output.example(ownPrediction ? fake.asScored() : fake);
    } else {
      counts.add(Count.NEGATIVES_SAMPLED_OUT);
      if (ownPrediction) {
        output.example(WaitingPolicy.prediction(id, impression));
      }
    }
    return impression.asEmitted();
  }

  @Override
  public void decided(String id, Waiting impression, float label, long clicked) {
    if (label == 0) {
      return; // emitted before
    }
    boolean early = !impression.emitted() && clicked <= impression.timestamp() + wait;
    Waiting emitted = early || impression.emitted() ? impression : emitted(id, impression);
    Kind kind = early ? Kind.DECIDED : Kind.REINGESTED;
    output.example(emitted.example(id, kind, label, clicked, later()));
  }

  @Override
  public void corrected(String id, Features impression, float before, float missing, long clicked) {
    output.example(impression.example(id, Kind.REINGESTED, missing, clicked, later()));
  }

  private float later() {
    return wait == 0 ? 1 : (float) delays.laterThan(wait);
  }
}
