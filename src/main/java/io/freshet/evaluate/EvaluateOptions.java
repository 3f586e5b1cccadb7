package io.freshet.evaluate;

import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.text;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Section;
import java.time.Duration;
import java.util.List;

/** The options of the section {@code evaluate}. */
public final class EvaluateOptions {
  private EvaluateOptions() {}

  public static EvaluateSettings read(Section s) {
    return new EvaluateSettings(
        s.option("window", "Length of the tumbling windows of event time.")
            .get(duration("1 ms", "366 d"), Duration.ofMinutes(1)),
        s.option(
                "at-impression",
                "Share of the impressions that are predicted when they are shown, and compared with"
                    + " their final label: one metric for all policies. Each costs a prediction,"
                    + " except where a fake negative is learned at once anyway.")
            .get(number(0, 1), 0f),
        s.option("slices", "Fields that have metrics for each of their values.")
            .list(text(), List.of()),
        s.option("slice-values", "First values of a field that do; all others share one.")
            .get(wholeNumber(1, 1000), 20));
  }
}
