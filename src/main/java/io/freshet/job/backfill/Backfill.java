package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.config.LearnerConfig;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a job without state is to learn before its stream: labelled examples or events in files, or
 * a range of the topics.
 *
 * <p><b>Where the stream begins.</b> At impressions shown after the end of the recording: of
 * labelled examples the time of the last; of events a window and the bound of disorder before their
 * end, as what was done with later ones is not all recorded. The recording's impressions of after
 * that time are left out, and so are the stream's of before it, by event time: each is learned from
 * one of the two. The topics have to reach back that far.
 *
 * @param from a file or a directory, or {@code FROM..TO}, times of the topics' records
 * @param isRange which of the two
 * @param passes how often all of it is learned
 * @param liveFrom takes the place of the end
 */
public record Backfill(String from, boolean isRange, int passes, Optional<Instant> liveFrom) {
  private static final String TO = "\\.\\.";

  public Backfill {
    requireNonNull(from, "from");
    requireNonNull(liveFrom, "liveFrom");
    if (passes < 1) {
      throw new IllegalArgumentException("epochs is " + passes + " but must be 1 or more");
    }
    if (isRange) {
      range(from);
    }
  }

  /**
   * The history, read once to see where it ends if nobody said so.
   *
   * @throws IOException where there is none
   */
  public BackfillSource history(LearnerConfig config) throws IOException {
    if (isRange) {
      List<Instant> range = range(from);
      long to = range.get(1).toEpochMilli();
      return history(
          RecordedEvents.of(
              new EventRange(config.kafka().clients(), range.get(0).toEpochMilli(), to), config),
          liveFrom(to - incomplete(config)));
    }
    List<String> topics = new ArrayList<>(config.join().definition().topics());
    topics.add(config.kafka().topics().impressions());
    EventFiles files = new EventFiles(from, topics);
    if (files.hasAny(config.kafka().topics().impressions())) {
      RecordedEvents events = RecordedEvents.of(files, config);
      return history(
          events, liveFrom(liveFrom.isPresent() ? 0 : events.end() - incomplete(config)));
    }
    RecordedExamples examples = new RecordedExamples(from);
    examples.open().close(); // fails now if it must
    return new BackfillSource(
        examples, passes, liveFrom(liveFrom.isPresent() ? 0 : examples.latest()));
  }

  private BackfillSource history(RecordedEvents events, long until) {
    return new BackfillSource(events.until(until), passes, until);
  }

  private long liveFrom(long otherwise) {
    return liveFrom.map(Instant::toEpochMilli).orElse(otherwise);
  }

  /** How long before its end a recording does not tell all that was done with an impression. */
  private static long incomplete(LearnerConfig config) {
    return config.join().window().plus(config.join().outOfOrderness()).toMillis();
  }

  private static List<Instant> range(String text) {
    String[] ends = text.split(TO, -1);
    try {
      if (ends.length == 2) {
        Instant from = Instant.parse(ends[0].strip());
        Instant to = Instant.parse(ends[1].strip());
        if (from.isBefore(to) && to.isBefore(Instant.now())) {
          return List.of(from, to);
        }
      }
    } catch (DateTimeParseException e) {
      // told below, with what else may be wrong
    }
    throw new IllegalArgumentException(
        "'%s' is not FROM..TO, two times of the past, as 2026-01-30T00:00:00Z..2026-01-31T00:00:00Z"
            .formatted(text));
  }
}
