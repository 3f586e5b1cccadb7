package io.freshet.snapshot.format;

import static java.util.Objects.requireNonNull;

import io.freshet.feature.example.LabelPolicy;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabelSettings.Sampling;
import io.freshet.model.label.LabelCorrection;
import java.io.IOException;
import java.io.Serializable;
import java.util.Locale;

/**
 * What the model was taught.
 *
 * @param definition of the label, for people
 * @param policy when which label is learned
 * @param correction of the model's logit z to a probability: {@link #NONE}, its sigmoid; {@link
 *     #LOG_ODDS}, the sigmoid of z + ln r; {@link #FAKE_NEGATIVES}, r eᶻ, at most 1; r is the
 *     sampling rate
 */
public record Labels(String definition, String policy, String correction) implements Serializable {
  public static final String NONE = "none";
  public static final String LOG_ODDS = "log-odds";
  public static final String FAKE_NEGATIVES = "fake-negatives";

  /** Clicks that are waited for, all learned. */
  public static final Labels CLICK = new Labels("click", "wait", NONE);

  public Labels {
    requireNonNull(definition, "definition");
    requireNonNull(policy, "policy");
    requireNonNull(correction, "correction");
  }

  /** Labels of this definition that come about in this way. */
  public static Labels of(String definition, LabelSettings settings) {
    boolean logOdds = settings.sampling() == Sampling.LOG_ODDS && settings.negativeRate() < 1;
    String correction =
        switch (settings.policy()) {
          case WAIT, FULL_WAIT -> logOdds ? LOG_ODDS : NONE;
          case FAKE_NEGATIVE_CALIBRATION -> FAKE_NEGATIVES;
          case FAKE_NEGATIVE_WEIGHTED, SHORT_WAIT -> NONE;
        };
    String policy = settings.policy().name().toLowerCase(Locale.ROOT).replace('_', '-');
    return new Labels(definition, policy, correction);
  }

  /**
   * The correction to predict with.
   *
   * @throws IOException where it is one that this code does not know
   */
  public LabelCorrection toCorrection(double samplingRate) throws IOException {
    return LabelCorrection.of(toSettings(samplingRate));
  }

  /** Settings of labels that are corrected so. */
  LabelSettings toSettings(double samplingRate) throws IOException {
    return switch (correction) {
      case NONE -> LabelSettings.DEFAULT.withNegatives(1, Sampling.WEIGHT);
      case LOG_ODDS -> LabelSettings.DEFAULT.withNegatives(samplingRate, Sampling.LOG_ODDS);
      case FAKE_NEGATIVES ->
          LabelSettings.of(LabelPolicy.FAKE_NEGATIVE_CALIBRATION)
              .withNegatives(samplingRate, Sampling.LOG_ODDS);
      default ->
          throw new IOException("labels.correction is \"%s\", unknown here".formatted(correction));
    };
  }
}
