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
        s.option("enabled", "Whether clicks are watched.").get(bool(), true),
        s.option("window", "Event time that is counted at a time; labels are that much later.")
            .get(duration("1 s", "1 d"), Duration.ofSeconds(10)),
        s.option("memory", "Event time over which the usual rate of clicks is a mean.")
            .get(duration("1 min", "366 d"), Duration.ofHours(1)),
        s.option(
                "drop",
                "Clicks are missing where fewer than this share of the usual number come, and"
                    + " chance cannot explain it.")
            .get(number(0.01, 0.99), 0.5f),
        s.option(
                "flood",
                "Clicks flood where more than this many times the usual number come, and chance"
                    + " cannot explain it.")
            .get(number(1.01, MAX_FACTOR), 4f),
        s.option("silence", "Real time without any click that stops publication.")
            .get(duration("1 s", "1 d"), Duration.ofMinutes(1)),
        s.option("patience", "Event time that late clicks are given once clicks are back.")
            .get(duration("1 s", "366 d"), Duration.ofMinutes(10)),
        s.option(
                "max-hold",
                "How long impressions are held at most: in event time, and in real time where the"
                    + " topic of clicks is silent.")
            .get(duration("1 s", "366 d"), Duration.ofHours(2)),
        s.option(
                "action",
                "What happens to held impressions whose clicks are lost: they are held"
                    + " indefinitely, written to the dead letters, or learned as they are.")
            .get(oneOf(BreakerSettings.Action.class), BreakerSettings.Action.DEAD_LETTERS));
  }
}
