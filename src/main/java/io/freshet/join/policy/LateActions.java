package io.freshet.join.policy;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.LateClicks;
import io.freshet.join.ActionRules;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinEntry.Decided;
import io.freshet.join.JoinEntry.Features;
import io.freshet.join.JoinEntry.Waiting;
import io.freshet.join.JoinOutput;
import java.util.Optional;

/**
 * What is remembered of a decided impression, and what an action does that comes too late for it:
 * the first of its kind is counted and goes to the late clicks; where late clicks correct, the
 * label as it would be with it takes the place of the one that was learned. For that the features
 * are kept as long as a correction may come.
 *
 * <p>An action that joins to another one corrects only where that one happened.
 */
public final class LateActions {
  private final ActionRules rules;
  private final boolean corrects;
  private final WaitingPolicy policy;
  private final JoinCounts counts;
  private final JoinOutput output;

  public LateActions(
      ActionRules rules,
      LabelSettings labels,
      WaitingPolicy policy,
      JoinCounts counts,
      JoinOutput output) {
    this.rules = requireNonNull(rules, "rules");
    this.corrects = labels.lateClicks() == LateClicks.CORRECT;
    this.policy = requireNonNull(policy, "policy");
    this.counts = requireNonNull(counts, "counts");
    this.output = requireNonNull(output, "output");
  }

  /** What is left of an impression whose label was made by these actions, at this time. */
  public Decided decided(String id, Waiting waiting, int counted, long time) {
    int seen = waiting.actions().bits();
    if (!corrects) {
      return new Decided(waiting.timestamp(), seen, Optional.empty());
    }
    Features features = new Features(waiting.weight(), waiting.example());
    correct(id, features, counted, seen, time);
    return remembered(waiting.timestamp(), seen, Optional.of(features));
  }

  /** An action on an impression that is decided. */
  public Decided act(Decided decided, int action, Click click) {
    int seen = decided.seen() | 1 << action;
    if (seen == decided.seen()) {
      counts.add(Count.DUPLICATE_CLICKS);
      return decided;
    }
    counts.add(Count.LATE_CLICKS);
    output.lateClick(click);
    decided
        .features()
        .ifPresent(f -> correct(click.impressionId(), f, decided.seen(), seen, click.timestamp()));
    return remembered(decided.timestamp(), seen, decided.features());
  }

  private void correct(String id, Features features, int before, int seen, long time) {
    float learned = rules.label(joined(before));
    float missing = rules.label(joined(seen)) - learned;
    if (missing > 0) {
      counts.add(Count.CORRECTIONS);
      policy.corrected(id, features, learned, missing, time);
    }
  }

  private Decided remembered(long timestamp, int seen, Optional<Features> features) {
    boolean more = !rules.isFinal(joined(seen));
    return new Decided(timestamp, seen, more ? features : Optional.empty());
  }

  /** Without the actions that lack what they join to. */
  private int joined(int seen) {
    int joined = 0;
    for (int action = 0; action < rules.size(); action++) {
      int base = rules.base(action);
      boolean joins = base < 0 || (seen >> base & 1) != 0;
      joined |= joins ? seen & 1 << action : 0;
    }
    return joined;
  }
}
