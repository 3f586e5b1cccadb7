package io.freshet.feature.example;

import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.oneOf;

import io.freshet.config.option.Section;
import io.freshet.feature.example.LabelSettings.LateClicks;
import io.freshet.feature.example.LabelSettings.Sampling;
import java.time.Duration;

/** The options of the section {@code join} that say how labels come about. */
public final class LabelOptions {
  private static final double LEAST_RATE = 1e-4;
  private static final double MAX_WEIGHT = 1e6;

  private LabelOptions() {}

  public static LabelSettings read(Section s) {
    return read(
        s,
        new LabelSettings(
            LabelPolicy.WAIT, Duration.ofSeconds(30), LateClicks.DROP, 1, Sampling.WEIGHT, 1000));
  }

  /** Reads labels whose options have other defaults. */
  public static LabelSettings read(Section s, LabelSettings defaults) {
    Section negatives =
        s.section(
            "negatives",
            "Down-sampling of negatives by a hash of the impression id; of the fake negatives where"
                + " the policy makes them.");
    LabelSettings labels =
        new LabelSettings(
            s.option(
                    "policy",
                    "When the learner gets which label. wait: a positive at the click, a negative"
                        + " when the window ends. full-wait: both when the window ends."
                        + " fake-negative-weighted: a negative at once and a positive at the click,"
                        + " with weights. fake-negative-calibration: the same, with a correction of"
                        + " what is served. short-wait: a real positive within a short wait,"
                        + " otherwise a fake negative.")
                .get(oneOf(LabelPolicy.class), defaults.policy()),
            s.option("short-wait", "Wait of policy short-wait, in event time; below the window.")
                .get(duration("1 ms", "1 d"), defaults.shortWait()),
            s.option(
                    "late-clicks",
                    "What a click after the window does, in addition to being counted and written"
                        + " to its topic: nothing (drop), or take back the negative and learn the"
                        + " positive (correct).")
                .get(oneOf(LateClicks.class), defaults.lateClicks()),
            negatives
                .option("rate", "Share of the negatives that is learned.")
                .get(number(LEAST_RATE, 1), (float) defaults.negativeRate()),
            negatives
                .option(
                    "correction",
                    "How wait and full-wait make up for it: each negative weighs 1/rate (weight),"
                        + " or the predicted log-odds are corrected (log-odds).")
                .get(oneOf(Sampling.class), defaults.sampling()),
            s.option("max-weight", "Importance weights of impressions are clipped to it.")
                .get(number(1, MAX_WEIGHT), defaults.maxWeight()));
    if (labels.policy().fakesNegatives()) {
      negatives.noteNothing("correction");
      if (negatives.has("correction")) {
        negatives.error(
            "correction",
            "only for wait and full-wait; other policies make up for sampled negatives themselves:"
                + " leave it out");
      }
    }
    return labels;
  }
}
