package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.job.backfill.Recorded.Acted;
import io.freshet.job.backfill.Recorded.Shown;
import io.freshet.job.source.ClickDeserializer;
import io.freshet.job.source.EventDeserializer;
import io.freshet.job.source.ImpressionDeserializer;
import io.freshet.join.JoinSettings;
import io.freshet.train.RefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.apache.flink.util.IOUtils;

/**
 * Recorded impressions and actions, all logs together in the order of event time, until all labels
 * are decided. What is no event is left out, as it was a dead letter of the stream, and so is what
 * is out of place: {@link EventLog}.
 *
 * @param impressions their topic
 * @param until impressions shown later are left out, epoch milliseconds: those of which the
 *     recording does not hold all actions
 */
record RecordedEvents(
    EventLogs logs,
    String impressions,
    EventSettings events,
    FeatureSchema features,
    JoinSettings join,
    long until)
    implements Recording {
  private static final long serialVersionUID = 1L;

  RecordedEvents {
    requireNonNull(logs, "logs");
    requireNonNull(impressions, "impressions");
    requireNonNull(events, "events");
    requireNonNull(features, "features");
    requireNonNull(join, "join");
  }

  /** All that logs hold, by a learner's settings. */
  static RecordedEvents of(EventLogs logs, EventSettings events, LearnerConfig config) {
    String impressions = config.kafka().topics().impressions();
    return new RecordedEvents(
        logs, impressions, events, config.features(), config.actions(), Long.MAX_VALUE);
  }

  /** Returns a copy without the impressions shown after a time. */
  RecordedEvents until(long time) {
    return new RecordedEvents(logs, impressions, events, features, join, time);
  }

  /**
   * The times of the events.
   *
   * @param first the earliest of all, epoch milliseconds
   * @param end the earliest at which a topic ends
   * @param last the latest of all
   */
  record Span(long first, long end, long last) {}

  /**
   * Reads all events for their times.
   *
   * @throws IOException where a topic has no events
   */
  Span span() throws IOException {
    Span span = span(impressions);
    for (String topic : join.definition().topics()) {
      Span other = span(topic);
      span =
          new Span(
              Math.min(span.first, other.first),
              Math.min(span.end, other.end),
              Math.max(span.last, other.last));
    }
    return span;
  }

  private Span span(String topic) throws IOException {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (EventLogs.Log log : logs.of(topic)) {
      try (EventLog<?> events = open(log, topic, 0)) {
        for (; events.head().isPresent(); events.advance()) {
          first = Math.min(first, events.time());
          last = Math.max(last, events.time());
        }
      }
    }
    if (first > last) {
      throw new IOException("the recording holds no event of topic " + topic);
    }
    return new Span(first, last, last);
  }

  @Override
  public String toString() {
    return logs.toString();
  }

  @Override
  public Reading open(List<Long> place) throws IOException {
    List<String> topics = new ArrayList<>(List.of(impressions));
    topics.addAll(join.definition().topics());
    Merged merged = new Merged();
    try {
      for (String topic : topics) {
        for (EventLogs.Log log : logs.of(topic)) {
          int index = merged.all.size();
          long from = index < place.size() ? place.get(index) : 0;
          merged.add(open(log, topic, from));
        }
      }
      checkSize(place, merged.all.size());
    } catch (IOException | RuntimeException e) {
      merged.close(); // nobody else can: each log may have a connection
      throw e;
    }
    return merged;
  }

  private static void checkSize(List<Long> place, int logs) {
    if (!place.isEmpty() && place.size() != logs) {
      throw new RefusedException(
          "the recording has %s files or partitions, but had %s when the state was taken"
              .formatted(logs, place.size()));
    }
  }

  private EventLog<?> open(EventLogs.Log log, String topic, long place) throws IOException {
    if (topic.equals(impressions)) {
      EventDeserializer<EncodedImpression> decoder =
          new ImpressionDeserializer(events, features, join.timerBucket());
      return new EventLog<>(log.open(place), decoder, Shown::new, decided());
    }
    EventDeserializer<Click> decoder =
        new ClickDeserializer(
            events.ofActions(topic), join.definition().actionsOf(topic), join.timerBucket());
    return new EventLog<>(log.open(place), decoder, Acted::new, decided());
  }

  /** How long after an impression nothing decides its label any more, in milliseconds. */
  private long decided() {
    return join.window().plus(join.outOfOrderness()).toMillis();
  }

  private final class Merged implements Reading {
    private final List<EventLog<?>> all = new ArrayList<>();
    private final PriorityQueue<Integer> byTime = // of all, those that have a next
        new PriorityQueue<>(
            Comparator.<Integer>comparingLong(i -> all.get(i).time()).thenComparing(i -> i));

    void add(EventLog<?> log) {
      all.add(log);
      if (log.head().isPresent()) {
        byTime.add(all.size() - 1);
      }
    }

    @Override
    public Optional<Recorded> next() throws IOException {
      while (!byTime.isEmpty() && all.get(byTime.peek()).time() - decided() <= until) {
        int index = byTime.remove();
        EventLog<?> log = all.get(index);
        Optional<Recorded> next = log.head();
        log.advance();
        if (log.head().isPresent()) {
          byTime.add(index);
        }
        if (next.filter(this::isLeftOut).isEmpty()) {
          return next;
        }
      }
      return Optional.empty();
    }

    private boolean isLeftOut(Recorded record) {
      return record instanceof Shown && record.time() > until;
    }

    @Override
    public List<Long> place() {
      return all.stream().map(EventLog::place).toList();
    }

    @Override
    public void close() throws IOException {
      try {
        IOUtils.closeAll(all);
      } catch (IOException e) {
        throw e;
      } catch (Exception e) { // that closing declares
        throw new IOException(e);
      }
    }
  }
}
