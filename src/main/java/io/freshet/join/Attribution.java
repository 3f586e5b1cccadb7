package io.freshet.join;

import static java.util.Objects.requireNonNull;

import io.freshet.event.Click;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.LabelledExample;
import io.freshet.join.JoinCounts.Count;
import io.freshet.join.JoinEntry.Decided;
import io.freshet.join.JoinEntry.EarlyClick;
import io.freshet.join.JoinEntry.Nothing;
import io.freshet.join.JoinEntry.Waiting;

/**
 * Which label an impression gets, and when. With the impression at t, its window w and the bound b
 * of out-of-orderness, all in event time:
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
 * <p>A click counts up to the end of the window, its last instant included. One timestamped before
 * its impression counts too: clocks differ, and nobody clicks what was not shown.
 *
 * <p>An id is learned once. Any further impression is a duplicate, any further click too, but that
 * the first late click of a negative is late. A decided id is remembered for w + b after its
 * window, so that a click which is late by less than that is known as late; one even later has no
 * impression any more and ends as an orphan. Late clicks and orphans go to the same place.
 *
 * <p>An impression that comes when the watermark is ≥ t+w+b is late: its clicks may have been given
 * up as orphans before, so that its label cannot be known. It is counted and not learned. One that
 * comes between t+w and t+w+b is decided at once, and rightly, as its clicks are still held.
 */
final class Attribution {

  /** Where decisions go. */
  interface Output {
    /** A decided example, its time not yet held against the watermark. */
    void example(LabelledExample example);

    /** A click that changes no label: too late, or without an impression. */
    void lateClick(Click click);
  }

  private final long window;
  private final long memory;
  private final JoinCounts counts;
  private final Output output;

  Attribution(JoinSettings settings, JoinCounts counts, Output output) {
    this.window = settings.window().toMillis();
    this.memory = window + settings.outOfOrderness().toMillis();
    this.counts = requireNonNull(counts, "counts");
    this.output = requireNonNull(output, "output");
  }

  JoinEntry onImpression(JoinEntry entry, EncodedImpression impression, long watermark) {
    counts.add(Count.IMPRESSIONS);
    if (entry instanceof Waiting || entry instanceof Decided) {
      counts.add(Count.DUPLICATE_IMPRESSIONS);
      return entry;
    }
    if (watermark >= impression.timestamp() + memory) {
      counts.add(Count.LATE_IMPRESSIONS);
      return entry;
    }
    if (!(entry instanceof EarlyClick click)) {
      return open(impression, Waiting.of(impression, false), watermark);
    }
    if (click.timestamp() <= impression.timestamp() + window) {
      return positive(impression.id(), Waiting.of(impression, false), click.timestamp());
    }
    late(new Click(impression.id(), click.timestamp()));
    return open(impression, Waiting.of(impression, true), watermark);
  }

  JoinEntry onClick(JoinEntry entry, Click click, long watermark) {
    counts.add(Count.CLICKS);
    if (entry instanceof Waiting waiting) {
      return clickOn(waiting, click);
    }
    if (entry instanceof Decided decided) {
      return clickOn(decided, click);
    }
    if (entry instanceof EarlyClick early) {
      counts.add(Count.DUPLICATE_CLICKS);
      return click.timestamp() < early.timestamp() ? new EarlyClick(click.timestamp()) : early;
    }
    EarlyClick early = new EarlyClick(click.timestamp());
    return watermark >= deadline(early) ? orphan(click) : early;
  }

  /** What is due when time has come to {@code now}; nothing if that is before the deadline. */
  JoinEntry onTime(String id, JoinEntry entry, long now) {
    if (now < deadline(entry)) {
      return entry;
    }
    if (entry instanceof EarlyClick click) {
      return orphan(new Click(id, click.timestamp()));
    }
    return entry instanceof Waiting waiting ? negative(id, waiting) : JoinEntry.NOTHING;
  }

  /** When the entry is to be looked at again; never, for an absent one. */
  long deadline(JoinEntry entry) {
    if (entry instanceof EarlyClick click) {
      return click.timestamp() + memory;
    }
    if (entry instanceof Waiting waiting) {
      return waiting.timestamp() + window;
    }
    return entry instanceof Decided decided
        ? decided.timestamp() + window + memory
        : Long.MAX_VALUE;
  }

  private JoinEntry open(EncodedImpression impression, Waiting waiting, long watermark) {
    return watermark >= deadline(waiting) ? negative(impression.id(), waiting) : waiting;
  }

  private JoinEntry clickOn(Waiting waiting, Click click) {
    if (click.timestamp() <= deadline(waiting)) {
      return positive(click.impressionId(), waiting, click.timestamp());
    }
    if (waiting.lateClick()) {
      counts.add(Count.DUPLICATE_CLICKS);
      return waiting;
    }
    late(click);
    return waiting.withLateClick();
  }

  private JoinEntry clickOn(Decided decided, Click click) {
    if (decided.clicked()) {
      counts.add(Count.DUPLICATE_CLICKS);
      return decided;
    }
    late(click);
    return new Decided(decided.timestamp(), true);
  }

  private Decided positive(String id, Waiting waiting, long clicked) {
    counts.add(Count.POSITIVES);
    output.example(waiting.labelled(id, 1, Math.max(clicked, waiting.timestamp())));
    return new Decided(waiting.timestamp(), true);
  }

  private Decided negative(String id, Waiting waiting) {
    counts.add(Count.NEGATIVES);
    output.example(waiting.labelled(id, 0, deadline(waiting)));
    return new Decided(waiting.timestamp(), waiting.lateClick());
  }

  private void late(Click click) {
    counts.add(Count.LATE_CLICKS);
    output.lateClick(click);
  }

  private Nothing orphan(Click click) {
    counts.add(Count.ORPHAN_CLICKS);
    output.lateClick(click);
    return (Nothing) JoinEntry.NOTHING;
  }
}
