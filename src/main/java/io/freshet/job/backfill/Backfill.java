package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.config.LearnerConfig;
import io.freshet.job.backfill.RecordedEvents.Span;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a job without state learns before its stream: events or labeled examples in files, or a
 * range of the topics.
 *
 * <p><b>Where the stream begins.</b> At impressions shown after the end of the recording. With
 * labeled examples that is the time of the last; with events it is a window and the bound of
 * disorder before their end, as actions on later impressions are not all recorded. Later
 * impressions of the recording are left out, and so are earlier ones of the topics, by event time:
 * each impression is learned from one of the two. The topics have to reach back that far.
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
   * The source of the recording, which is read once to find where it begins and ends.
   *
   * @throws IOException where there is no recording
   */
  public RecordingSource source(LearnerConfig config) throws IOException {
    if (isRange) {
      List<Instant> range = range(from);
      long first = range.get(0).toEpochMilli();
      long last = range.get(1).toEpochMilli();
      RecordedEvents events =
          RecordedEvents.of(
              new EventRange(config.kafka().clients(), first, last), config.events(), config);
      long ahead = config.events().maxAhead().toMillis(); // of the records' timestamps
      return source(events, new Span(first, last, last + ahead), config);
    }
    List<String> topics = new ArrayList<>(config.actions().definition().topics());
    topics.add(config.kafka().topics().impressions());
    EventFiles files = new EventFiles(from, topics);
    if (files.hasAny(config.kafka().topics().impressions())) {
      RecordedEvents events = RecordedEvents.of(files, config.events().ofJson(), config);
      return source(events, events.span(), config);
    }
    RecordedExamples examples = new RecordedExamples(from);
    long latest = examples.latest(System.currentTimeMillis() + window(config));
    return new RecordingSource(examples, passes, 0, liveFrom(latest));
  }

  /** An example is of when its window ends, in a bounded run also of one that is not over yet. */
  private static long window(LearnerConfig config) {
    return config.actions().window().plus(config.events().maxAhead()).toMillis();
  }

  private RecordingSource source(RecordedEvents events, Span span, LearnerConfig config) {
    long incomplete = config.actions().window().plus(config.actions().outOfOrderness()).toMillis();
    long until = liveFrom(span.end() - incomplete);
    return new RecordingSource(events.until(until), passes, distance(span, incomplete), until);
  }

  /** Whole days, which keep the passes alike in the buckets of the join; all is decided between. */
  private static long distance(Span span, long incomplete) {
    long apart = span.last() - span.first() + 2 * incomplete;
    return Duration.ofDays(1 + Duration.ofMillis(apart).toDays()).toMillis();
  }

  private long liveFrom(long otherwise) {
    return liveFrom.map(Instant::toEpochMilli).orElse(otherwise);
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
      // reported below, together with what else may be wrong
    }
    throw new IllegalArgumentException(
        "'%s' is not FROM..TO, two times of the past, as 2026-01-30T00:00:00Z..2026-01-31T00:00:00Z"
            .formatted(text));
  }
}
