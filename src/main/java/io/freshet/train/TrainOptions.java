package io.freshet.train;

import static io.freshet.config.option.ValueType.duration;
import static io.freshet.config.option.ValueType.wholeNumber;

import io.freshet.config.option.Section;
import io.freshet.model.LearningOptions;
import java.time.Duration;

/** The options of the section {@code train}. */
public final class TrainOptions {
  private static final int MILLION = 1_000_000;

  private TrainOptions() {}

  /** The settings, for the default labels and table. */
  public static TrainSettings read(Section s) {
    Section dense = s.section("dense", "The dense part.");
    return new TrainSettings(
        s.option(
                "batch-size",
                "Examples of a lookup: the grain of communication. A prediction misses the updates"
                    + " of up to parallelism x batch-size x max-in-flight examples; keep the"
                    + " product at 2048 or less.")
            .get(wholeNumber(1, 65_536), 256),
        s.option("batch-linger", "How long a part-filled batch waits for more examples.")
            .get(duration("1 ms", "1 h"), Duration.ofMillis(20)),
        s.option("max-in-flight", "Batches that may wait for their rows at once.")
            .get(wholeNumber(1, 64), 2),
        dense
            .option("sync-every", "Examples between two exchanges with the other trainers.")
            .get(wholeNumber(1, MILLION), 256),
        dense
            .option("slices", "Slices that the dense part is cut into, merged in parallel.")
            .get(wholeNumber(1, 4096), 64),
        s.option("cache-rows", "Rows that each shard holds in its write-back cache.")
            .get(wholeNumber(1, 100 * MILLION), 1 << 20),
        LearningOptions.read(s, dense));
  }
}
