package io.freshet.job.backfill;

import static java.util.Objects.requireNonNull;

import io.freshet.config.LearnerConfig;
import io.freshet.event.Click;
import io.freshet.event.EventSettings;
import io.freshet.feature.EncodedImpression;
import io.freshet.feature.FeatureSchema;
import io.freshet.job.source.ClickDeserializer;
import io.freshet.job.source.ImpressionDeserializer;
import io.freshet.join.JoinSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Recorded impressions and actions, joined as the job joins them. What is no event is left out, as
 * it was a dead letter of the stream.
 *
 * @param impressions their topic
 * @param until impressions shown later than that are left out, epoch milliseconds: those of which
 *     the recording cannot tell all actions
 */
record RecordedEvents(
    EventLogs logs,
    String impressions,
    EventSettings events,
    FeatureSchema features,
    JoinSettings join,
    long until)
    implements BackfillExamples {
  private static final long serialVersionUID = 1L;

  RecordedEvents {
    requireNonNull(logs, "logs");
    requireNonNull(impressions, "impressions");
    requireNonNull(events, "events");
    requireNonNull(features, "features");
    requireNonNull(join, "join");
  }

  /** All that files hold, in JSON whatever the topics hold, by a learner's settings. */
  static RecordedEvents of(EventFiles files, LearnerConfig config) {
    return of(files, config.events().ofJson(), config);
  }

  /** All that topics hold between two times, by a learner's settings. */
  static RecordedEvents of(EventRange range, LearnerConfig config) {
    return of(range, config.events(), config);
  }

  private static RecordedEvents of(EventLogs logs, EventSettings events, LearnerConfig config) {
    return new RecordedEvents(
        logs,
        config.kafka().topics().impressions(),
        events,
        config.features(),
        config.join().withScoredShare(0),
        Long.MAX_VALUE);
  }

  /** The same without the impressions shown after a time. */
  RecordedEvents until(long time) {
    return new RecordedEvents(logs, impressions, events, features, join, time);
  }

  /**
   * The earliest of the times at which the topics end, epoch milliseconds; reads them all.
   *
   * @throws IOException where a topic has no events
   */
  long end() throws IOException {
    long end = latest(impressionLogs(), impressions);
    for (String topic : join.definition().topics()) {
      end = Math.min(end, latest(actionLogs(topic), topic));
    }
    return end;
  }

  @Override
  public String toString() {
    return logs.toString();
  }

  private <T> long latest(List<EventLog<T>> all, String topic) throws IOException {
    long latest = Long.MIN_VALUE;
    try {
      for (EventLog<T> log : all) {
        for (; log.head().isPresent(); log.advance()) {
          latest = Math.max(latest, log.time());
        }
      }
    } finally {
      EventLog.close(all);
    }
    if (latest == Long.MIN_VALUE) {
      throw new IOException("the recording holds no event of topic " + topic);
    }
    return latest;
  }

  @Override
  public Reading open() throws IOException {
    List<EventLog<Click>> actions = new ArrayList<>();
    for (String topic : join.definition().topics()) {
      actions.addAll(actionLogs(topic));
    }
    return new JoinedEvents(impressionLogs(), actions, join, until);
  }

  private List<EventLog<EncodedImpression>> impressionLogs() throws IOException {
    List<EventLog<EncodedImpression>> opened = new ArrayList<>();
    for (EventLogs.Log log : logs.of(impressions)) {
      opened.add(
          new EventLog<>(log, new ImpressionDeserializer(events, features, join.timerBucket())));
    }
    return opened;
  }

  private List<EventLog<Click>> actionLogs(String topic) throws IOException {
    List<EventLog<Click>> opened = new ArrayList<>();
    for (EventLogs.Log log : logs.of(topic)) {
      var decoder =
          new ClickDeserializer(events, join.definition().actionsOf(topic), join.timerBucket());
      opened.add(new EventLog<>(log, decoder));
    }
    return opened;
  }
}
