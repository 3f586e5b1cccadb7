package io.freshet.lab.replay;

import static java.util.Objects.requireNonNull;

import io.freshet.evaluate.metric.UserMix;
import io.freshet.evaluate.report.UsersSeen;
import io.freshet.feature.ValueHash;
import io.freshet.lab.replay.mapping.ReplayRow;
import io.freshet.lab.replay.mapping.Span;
import io.freshet.lab.replay.mapping.Timeline.Shift;
import io.freshet.lab.stream.EventJson;
import io.freshet.lab.stream.EventRecord;
import io.freshet.lab.stream.EventRecord.Topic;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;

/** The impressions and clicks of a replay: a click comes before the first later impression. */
public final class ReplayRecords implements Iterator<EventRecord>, AutoCloseable {
  private final GoodRows source;
  private final Iterator<ReplayRow> rows;
  private final Shift shift;
  private final Span clickDelay;
  private final long total;
  private final Queue<EventRecord> clicks = new ArrayDeque<>(); // on their way
  private EventRecord impression; // next to come, null after the last
  private EventRecord click; // on it, null where there is none
  private final UserMix keys = new UserMix();
  private long impressionCount;
  private long clickCount;

  ReplayRecords(
      GoodRows source, Iterator<ReplayRow> rows, Shift shift, Span clickDelay, long total) {
    this.source = requireNonNull(source, "source");
    this.rows = requireNonNull(rows, "rows");
    this.shift = requireNonNull(shift, "shift");
    this.clickDelay = requireNonNull(clickDelay, "clickDelay");
    this.total = total;
    advance();
  }

  public long total() {
    return total;
  }

  public long impressions() {
    return impressionCount;
  }

  public long clicks() {
    return clickCount;
  }

  /** Distinct keys among consecutive rows: users, where rows have them. */
  UsersSeen keys() {
    return keys.seen();
  }

  public BadRows bad() {
    return source.bad();
  }

  @Override
  public boolean hasNext() {
    return impression != null || !clicks.isEmpty();
  }

  @Override
  public EventRecord next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the replay ended after " + impressionCount + " rows");
    }
    if (impression == null || !clicks.isEmpty() && clicks.peek().time() <= impression.time()) {
      clickCount++;
      return clicks.remove();
    }
    EventRecord record = impression;
    impressionCount++;
    if (click != null) {
      clicks.add(click);
    }
    advance();
    return record;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private void advance() {
    impression = null;
    click = null;
    if (rows.hasNext()) {
      ReplayRow row = rows.next();
      long time = shift.of(row.time());
      row.key().ifPresent(key -> keys.add(0, ValueHash.of(key)));
      byte[] json = EventJson.impression(row.id(), time, row.features());
      impression = new EventRecord(Topic.IMPRESSIONS, row.key(), time, json);
      if (row.clicked()) {
        long at = time + clickDelay.millis();
        click = new EventRecord(Topic.CLICKS, row.key(), at, EventJson.click(row.id(), at));
      }
    }
  }
}
