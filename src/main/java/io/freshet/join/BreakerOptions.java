package io.freshet.join;

import static io.freshet.config.option.ValueType.bool;
import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.number;
import static io.freshet.config.option.ValueType.oneOf;

import io.freshet.config.option.Section;
import java.time.Duration;

/** The options of the section {@code join.breaker}. */
final class BreakerOptions {
  private static final double MAX_FACTOR = 1e6;

  private BreakerOptions() {}

  static BreakerSettings read(Section s) {
    return new BreakerSettings(
        s.get("enabled", bool(), true, "Whether clicks are watched."),
        s.get(
            "window",
            duration("1 s", "1 d"),
            Duration.ofSeconds(10),
            "Event time that is counted at a time; labels are that much later."),
        s.get(
            "memory",
            duration("1 min", "366 d"),
            Duration.ofHours(1),
            "Event time over which the usual rate of clicks is a mean."),
        s.get(
            "drop",
            number(0.01, 0.99),
            0.5f,
            "Clicks are missing where fewer than this share of the usual number come, and chance"
                + " cannot explain it."),
        s.get(
            "flood",
            number(1.01, MAX_FACTOR),
            4f,
            "Clicks flood where more than this many times the usual number come, and chance cannot"
                + " explain it."),
        s.get(
            "silence",
            duration("1 s", "1 d"),
            Duration.ofMinutes(1),
            "Real time without any click, while impressions come, after which nothing is"
                + " published."),
        s.get(
            "patience",
            duration("1 s", "366 d"),
            Duration.ofMinutes(10),
            "Event time that late clicks are given once clicks are back."),
        s.get(
            "max-hold",
            duration("1 s", "366 d"),
            Duration.ofHours(2),
            "How long impressions are held at most: in event time, and in real time where the topic"
                + " of clicks is silent."),
        s.get(
            "action",
            oneOf(BreakerSettings.Action.class),
            BreakerSettings.Action.DEAD_LETTERS,
            "What happens to held impressions whose clicks are lost: they are held indefinitely,"
                + " written to the dead letters, or learned as they are."));
  }
}
