package io.freshet.job.deadletter;

import io.freshet.event.Rejection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chooses which dead letters are written when there are many of one kind: the first {@value #MOST}
 * of each ten seconds. A producer that breaks every event would otherwise hold back the good ones
 * behind its letters. The others are counted exactly, and named by their offsets: their bytes are
 * still in the topic that they came from.
 */
public final class DeadLetterSampler {
  static final int MOST = 1000;
  static final long PERIOD_MILLIS = 10_000;

  private final Map<Rejection.Kind, Cause> causes = new EnumMap<>(Rejection.Kind.class);

  private static final class Cause {
    private long since = Long.MIN_VALUE; // the beginning of the period
    private int written; // in the period
    private final Map<Integer, LeftOut> leftOut = new TreeMap<>(); // by partition
  }

  /** Letters of a partition since the last summary. */
  private static final class LeftOut {
    private long first; // offset
    private long count;
    private DeadLetter last;
  }

  /** Whether a letter is written. */
  public boolean takes(DeadLetter letter, long now) {
    Cause cause = causes.computeIfAbsent(letter.rejection().kind(), any -> new Cause());
    if (cause.since == Long.MIN_VALUE || now - cause.since >= PERIOD_MILLIS) {
      cause.since = now;
      cause.written = 0;
    }
    if (cause.written < MOST) {
      cause.written++;
      return true;
    }
    LeftOut out = cause.leftOut.computeIfAbsent(letter.partition(), any -> new LeftOut());
    out.first = out.count == 0 ? letter.offset() : out.first;
    out.count++;
    out.last = letter;
    return false;
  }

  /** A letter without a value for those of each kind and partition that were not taken. */
  public List<DeadLetter> summaries() {
    List<DeadLetter> summaries = new ArrayList<>();
    for (Cause cause : causes.values()) {
      cause.leftOut.values().forEach(out -> summaries.add(summary(out)));
      cause.leftOut.clear();
    }
    return summaries;
  }

  private static DeadLetter summary(LeftOut out) {
    DeadLetter last = out.last;
    String reason =
        "%s records like this, offsets %s to %s, are left out here and still in their topic; the last: %s"
            .formatted(out.count, out.first, last.offset(), last.rejection().reason());
    return new DeadLetter(
        last.topic(),
        last.partition(),
        last.offset(),
        last.kafkaTimestamp(),
        new Rejection(last.rejection().kind(), reason),
        null);
  }
}
