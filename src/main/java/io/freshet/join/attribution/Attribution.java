package io.freshet.join.attribution;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.LabelSettings;
import io.freshet.join.ActionRules;
import io.freshet.join.ActionRules.Standing;
import io.freshet.join.ActionTimes;
import io.freshet.join.FinalLabel;
import io.freshet.join.JoinCounts;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinEntry;
import io.freshet.join.JoinEntry.Decided;
import io.freshet.join.JoinEntry.EarlyClick;
import io.freshet.join.JoinEntry.Nothing;
import io.freshet.join.JoinEntry.Waiting;
import io.freshet.join.JoinOutput;
import io.freshet.join.JoinSettings;
import io.freshet.join.policy.DelayHistogram;
import io.freshet.join.policy.FakeNegatives;
import io.freshet.join.policy.LateActions;
import io.freshet.join.policy.WaitForLabel;
import io.freshet.join.policy.WaitingPolicy;
import io.freshet.join.policy.WarmUp;

/**
 * The life of an impression id: which label it gets, and when that is final. What the learner is
 * told of it, and when, is the {@link WaitingPolicy}'s. With the impression at t, the window w and
 * the bound b of out-of-orderness, all in event time:
 *
 * <pre>
 * Nothing    ── impression ─────────────► Waiting, or Decided (negative) if the watermark is ≥ t+w
 * Nothing    ── click at c ─────────────► EarlyClick
 * EarlyClick ── impression, c ≤ t+w ────► Decided (positive)
 * EarlyClick ── impression, c > t+w ────► as from Nothing, and the click is late
 * EarlyClick ── watermark ≥ c+w+b ──────► Nothing, the click is an orphan
 * Waiting    ── click at c ≤ t+w ───────► Decided (positive)
 * Waiting    ── click at c > t+w ───────► Waiting, and the click is late
 * Waiting    ── watermark ≥ t+w ────────► Decided (negative)
 * Decided    ── click ──────────────────► Decided, and the click is late, or a duplicate
 * Decided    ── watermark ≥ t+2w+b ─────► Nothing
 * </pre>
 *
 * <p>Where there are several actions, each is taken by its own window ({@link ActionRules}); an
 * impression is decided when no further action can change its label; w above is then the longest
 * that any can count.
 *
 * <p>An id is learned once. Any further impression is a duplicate, any further click too, but that
 * the first late click of a negative is late. A decided id is remembered for w + b after its
 * window, so that a click which is late by less than that is known as late, and corrected if so
 * configured; one even later has no impression any more and ends as an orphan. Late clicks and
 * orphans go to the same place. A late click that comes before its impression is decided is
 * corrected then: one in time may still come.
 *
 * <p>An impression that comes when the watermark is ≥ t+w+b is late: its clicks may have been given
 * up as orphans before, so that its label cannot be known. It is counted and not learned. One that
 * comes between t+w and t+w+b is decided at once, and rightly, as its clicks are still held.
 */
public final class Attribution {
  private final ActionRules rules;
  private final long window;
  private final long memory;
  private final float maxWeight;
  private final double scoredShare;
  private final LateActions lateActions;
  private final WarmUp warmUp;
  private final DelayHistogram delays;
  private final WaitingPolicy policy;
  private final JoinCounts counts;
  private final JoinOutput output;

  public Attribution(
      JoinSettings settings,
      WarmUp warmUp,
      DelayHistogram delays,
      JoinCounts counts,
      JoinOutput output) {
    this.warmUp = requireNonNull(warmUp, "warmUp");
    LabelSettings labels = settings.labels();
    this.rules = new ActionRules(settings.definition());
    this.window = rules.horizon();
    this.memory = window + settings.outOfOrderness().toMillis();
    this.maxWeight = labels.maxWeight();
    this.scoredShare = settings.scoredShare();
    this.delays = requireNonNull(delays, "delays");
    this.counts = requireNonNull(counts, "counts");
    this.output = requireNonNull(output, "output");
    this.policy =
        labels.policy().fakesNegatives()
            ? new FakeNegatives(labels, delays, counts, output)
            : new WaitForLabel(labels, warmUp, counts, output);
    this.lateActions = new LateActions(rules, labels, policy, counts, output);
  }

  public JoinEntry onImpression(JoinEntry entry, EncodedImpression impression, long watermark) {
    counts.add(Count.IMPRESSIONS);
    if (entry instanceof Waiting || entry instanceof Decided) {
      counts.add(Count.DUPLICATE_IMPRESSIONS);
      return entry;
    }
    if (watermark >= impression.timestamp() + memory) {
      counts.add(Count.LATE_IMPRESSIONS);
      return entry;
    }
    warmUp.shown(impression.timestamp());
    String id = impression.id();
    boolean scored = ImpressionHash.isScored(id, scoredShare);
    Waiting waiting = policy.opened(id, Waiting.of(impression, weight(impression), scored));
    if (entry instanceof EarlyClick early) {
      for (int action = 0; action < rules.size(); action++) {
        waiting =
            early.actions().has(action)
                ? act(id, waiting, action, early.actions().of(action))
                : waiting;
      }
    }
    return onTime(id, decideIfFinal(id, waiting), watermark);
  }

  public JoinEntry onClick(JoinEntry entry, Click click, long watermark) {
    counts.add(Count.CLICKS);
    int action = rules.place(click.action());
    if (action < 0) {
      counts.add(Count.IGNORED_CLICKS);
      return entry;
    }
    if (entry instanceof Waiting waiting) {
      Waiting after = act(click.impressionId(), waiting, action, click.timestamp());
      return decideIfFinal(click.impressionId(), after);
    }
    if (entry instanceof Decided decided) {
      return lateActions.act(decided, action, click);
    }
    EarlyClick early = actEarly(entry, action, click);
    return watermark >= deadline(early) ? orphans(click.impressionId(), early) : early;
  }

  /** What is due when time has come to {@code now}; nothing if that is before the deadline. */
  public JoinEntry onTime(String id, JoinEntry entry, long now) {
    if (now < deadline(entry)) {
      return entry;
    }
    if (entry instanceof EarlyClick early) {
      return orphans(id, early);
    }
    if (!(entry instanceof Waiting waiting)) {
      return JoinEntry.NOTHING;
    }
    Waiting emitted = now >= policy.due(waiting) ? policy.emitted(id, waiting) : waiting;
    long end = rules.end(emitted.timestamp(), emitted.actions());
    return now >= end ? decide(id, emitted, end) : emitted;
  }

  /** When the entry is to be looked at again; never, for an absent one. */
  public long deadline(JoinEntry entry) {
    if (entry instanceof EarlyClick early) {
      return early.actions().latest() + memory;
    }
    if (entry instanceof Waiting waiting) {
      long end = rules.end(waiting.timestamp(), waiting.actions());
      return Math.min(end, policy.due(waiting));
    }
    return entry instanceof Decided decided
        ? decided.timestamp() + window + memory
        : Long.MAX_VALUE;
  }

  private float weight(EncodedImpression impression) {
    if (impression.weight() > maxWeight) {
      counts.add(Count.CLIPPED_WEIGHTS);
    }
    return Math.min(impression.weight(), maxWeight);
  }

  private EarlyClick actEarly(JoinEntry entry, int action, Click click) {
    ActionTimes before = entry instanceof EarlyClick e ? e.actions() : ActionTimes.NONE;
    if (before.has(action)) {
      counts.add(Count.DUPLICATE_CLICKS);
    }
    boolean first = !before.has(action) || click.timestamp() < before.of(action);
    return new EarlyClick(first ? before.with(action, click.timestamp()) : before);
  }

  /** An action on an impression that waits. */
  private Waiting act(String id, Waiting waiting, int action, long time) {
    Waiting after = waiting.with(action, time);
    Standing standing = rules.standing(waiting.timestamp(), after.actions(), action);
    if (waiting.actions().has(action)) {
      Standing before = rules.standing(waiting.timestamp(), waiting.actions(), action);
      if (before != Standing.LATE || standing != Standing.COUNTS) {
        counts.add(Count.DUPLICATE_CLICKS);
        boolean earlier = before == Standing.OPEN && time < waiting.actions().of(action);
        return earlier ? after : waiting;
      }
    }
    stands(id, after, action, standing);
    if (standing == Standing.COUNTS) {
      for (int other = 0; other < rules.size(); other++) {
        if (rules.base(other) == action && after.actions().has(other)) {
          Standing open = rules.standing(after.timestamp(), after.actions(), other);
          stands(id, after, other, open);
        }
      }
    }
    return after;
  }

  private void stands(String id, Waiting waiting, int action, Standing standing) {
    long time = waiting.actions().of(action);
    if (standing == Standing.COUNTS) {
      counts.add(Count.JOINED_CLICKS);
      long acted = Math.max(time, waiting.timestamp()); // else its own impression would see it
      output.acted(id, waiting.example(), rules.name(action), acted);
      if (rules.isLabeled(action)) {
        delays.add(time, time - waiting.timestamp());
        output.joined(waiting.timestamp(), time);
      }
    } else if (standing == Standing.LATE) {
      late(id, action, time);
    }
  }

  private JoinEntry decideIfFinal(String id, Waiting waiting) {
    int bits = rules.counting(waiting.timestamp(), waiting.actions());
    return rules.isFinal(bits) ? decide(id, waiting, lastOf(waiting, bits)) : waiting;
  }

  private Decided decide(String id, Waiting waiting, long time) {
    int bits = rules.counting(waiting.timestamp(), waiting.actions());
    float label = rules.label(bits);
    counts.add(label > 0 ? Count.POSITIVES : Count.NEGATIVES);
    policy.decided(id, waiting, label, time);
    if (waiting.scored()) {
      long key = ImpressionHash.key(id);
      output.finalLabel(
          new FinalLabel(key, Math.max(time, waiting.timestamp()), label, waiting.weight()));
    }
    giveUpOpen(id, waiting);
    return lateActions.decided(id, waiting, bits, time);
  }

  /** When the last happened of the actions that the label counts. */
  private long lastOf(Waiting waiting, int bits) {
    long last = Long.MIN_VALUE;
    for (int action = 0; action < rules.size(); action++) {
      if ((bits >> action & 1) != 0 && rules.isLabeled(action)) {
        last = Math.max(last, waiting.actions().of(action));
      }
    }
    return last;
  }

  /** What it joined to never came. */
  private void giveUpOpen(String id, Waiting waiting) {
    for (int action = 0; action < rules.size(); action++) {
      if (waiting.actions().has(action)
          && rules.standing(waiting.timestamp(), waiting.actions(), action) == Standing.OPEN) {
        late(id, action, waiting.actions().of(action));
      }
    }
  }

  private void late(String id, int action, long time) {
    counts.add(Count.LATE_CLICKS);
    output.lateClick(new Click(id, time, rules.name(action)));
  }

  private Nothing orphans(String id, EarlyClick early) {
    for (int action = 0; action < rules.size(); action++) {
      if (early.actions().has(action)) {
        counts.add(Count.ORPHAN_CLICKS);
        output.lateClick(new Click(id, early.actions().of(action), rules.name(action)));
      }
    }
    return (Nothing) JoinEntry.NOTHING;
  }
}
