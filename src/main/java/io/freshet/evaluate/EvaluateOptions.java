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
        s.get(
            "window",
            duration("1 ms", "366 d"),
            Duration.ofMinutes(1),
            "Length of the tumbling windows of event time."),
        s.get(
            "at-impression",
            number(0, 1),
            0f,
            "Share of the impressions that are predicted when they are shown, and compared with"
                + " their final label: one metric for all policies. Each costs a prediction, except"
                + " where a fake negative is learned at once anyway."),
        s.list(
            "slices",
            text(),
            List.of(),
            "Categorical and multi fields that have metrics for each of their values."),
        s.get(
            "slice-values",
            wholeNumber(1, 1000),
            20,
            "Values of a field that have metrics of their own: the first that come. All others"
                + " share one."));
  }
}
