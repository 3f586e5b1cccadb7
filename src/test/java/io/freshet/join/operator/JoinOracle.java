package io.freshet.join.operator;

import io.freshet.feature.ImpressionHash;
import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.LateClicks;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.feature.example.LabeledExample.Kind;
import io.freshet.join.JoinSettings;
import io.freshet.join.operator.JoinTraffic.Emitted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All that arrived of one impression id, each with the watermark it met; and what must be told of
 * it, found by looking at all of it at once.
 */
final class JoinOracle {
  private record Met(long timestamp, long watermark, int place) {}

  private final JoinSettings settings;
  private final LabelSettings labels;
  private final long window;
  private final long bound;
  private final long bucket;
  private final List<Met> clicks = new ArrayList<>();
  private Met learned;
  private int place;

  JoinOracle(JoinSettings settings) {
    this.settings = settings;
    labels = settings.labels();
    window = settings.window().toMillis();
    bound = settings.outOfOrderness().toMillis();
    bucket = settings.timerBucket().toMillis();
  }

  void impression(long timestamp, long watermark) {
    if (learned == null && watermark < timestamp + window + bound) {
      learned = new Met(timestamp, watermark, place);
    }
    place++;
  }

  void click(long timestamp, long watermark) {
    clicks.add(new Met(timestamp, watermark, place++));
  }

  boolean isLearned() {
    return learned != null;
  }

  float label() {
    return deciding().isPresent() ? 1 : 0;
  }

  /** In the order of kinds, then labels. */
  List<Emitted> emitted(String id) {
    boolean scored = ImpressionHash.isScored(id, settings.scoredShare());
    boolean kept = ImpressionHash.keepsNegative(id, labels.negativeRate());
    List<Emitted> emitted = new ArrayList<>();
    if (!labels.policy().fakesNegatives()) {
      waited(kept, emitted);
    } else {
      faked(kept, scored && labels.policy() != LabelPolicy.SHORT_WAIT, emitted);
    }
    if (scored && emitted.stream().noneMatch(Emitted::scored)) {
      emitted.add(new Emitted(Kind.PREDICTION, 0, true));
    }
    emitted.sort(Comparator.comparing(Emitted::kind).thenComparing(Emitted::label));
    return emitted;
  }

  private void waited(boolean kept, List<Emitted> emitted) {
    if (label() == 1 || kept) {
      emitted.add(new Emitted(Kind.DECIDED, label(), false));
    }
    if (isCorrected()) {
      boolean undone = kept || labels.sampling() == Sampling.WEIGHT;
      emitted.add(new Emitted(undone ? Kind.CORRECTION : Kind.DECIDED, 1, false));
    }
  }

  private void faked(boolean kept, boolean own, List<Emitted> emitted) {
    boolean fake = deciding().map(this::isAfterFake).orElse(true);
    if (fake && kept) {
      emitted.add(new Emitted(Kind.FAKE_NEGATIVE, 0, own));
    }
    if (label() == 1) {
      emitted.add(new Emitted(fake ? Kind.REINGESTED : Kind.DECIDED, 1, false));
    } else if (isCorrected()) {
      emitted.add(new Emitted(Kind.REINGESTED, 1, false));
    }
  }

  private boolean isAfterFake(Met click) {
    if (labels.policy() != LabelPolicy.SHORT_WAIT) {
      return true;
    }
    long until = learned.timestamp() + labels.shortWait().toMillis();
    boolean emitted =
        learned.place() < click.place()
            && (learned.watermark() >= until || click.watermark() >= fires(until));
    return emitted || click.timestamp() > until;
  }

  /** The click that makes the label positive. */
  private Optional<Met> deciding() {
    Optional<Met> early =
        clicks.stream()
            .filter(c -> c.place() < learned.place())
            .min(Comparator.comparingLong(Met::timestamp));
    return early
        .filter(this::counts)
        .or(
            () ->
                clicks.stream()
                    .filter(c -> c.place() > learned.place())
                    .filter(this::counts)
                    .findFirst());
  }

  private boolean counts(Met click) {
    long end = learned.timestamp() + window;
    boolean inTime =
        learned.watermark() >= end
            ? click.place() < learned.place()
            : click.watermark() < fires(end);
    return click.timestamp() <= end && inTime;
  }

  /** Whether a click came that is late, while the impression was remembered. */
  private boolean isCorrected() {
    long forgotten = fires(learned.timestamp() + 2 * window + bound);
    return labels.lateClicks() == LateClicks.CORRECT
        && label() == 0
        && clicks.stream().anyMatch(c -> c.watermark() < forgotten);
  }

  private long fires(long deadline) {
    return (deadline + bucket - 1) / bucket * bucket;
  }
}
