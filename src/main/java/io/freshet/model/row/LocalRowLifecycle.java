package io.freshet.model.row;

import io.freshet.model.Admission;
import io.freshet.model.learn.LocalLearner;
import java.util.Arrays;

/**
 * Which places of a {@link LocalLearner}'s table hold a row, by {@link FieldRules}: the same that a
 * shard of the job decides, at parallelism 1 and with one batch in flight.
 *
 * <p>Time is the latest event time that was learned from. A row whose feature was not seen for its
 * field's expiry goes when it is next asked for. Counters of a sketch are exact here.
 */
public final class LocalRowLifecycle {
  private final FieldRules rules;
  private boolean[] live = new boolean[0]; // by place, as all that follows
  private long[] lastSeen = new long[0];
  private int[] waiting = new int[0]; // occurrences of what has no row
  private long now = Long.MIN_VALUE;
  private long admitted;
  private long expired;
  private long goneUpdates;
  private long notAdmitted;

  public LocalRowLifecycle(FieldRules rules) {
    this.rules = rules;
  }

  public FieldRules rules() {
    return rules;
  }

  public boolean isLive(int place) {
    return place >= 0 && place < live.length && live[place];
  }

  /** Whether the row at a place is to go, its feature not having been seen for long. */
  public boolean isExpired(long fid, int place) {
    return isLive(place)
        && lastSeen[place] > Long.MIN_VALUE
        && rules.isExpired(fid, lastSeen[place], now);
  }

  public void gone(int place, long updates) {
    live[place] = false;
    waiting[place] = 0;
    expired++;
    goneUpdates += updates;
  }

  public void begun(int place) {
    reserve(place);
    live[place] = true;
    lastSeen[place] = Long.MIN_VALUE;
    admitted++;
  }

  public void reserve(int place) {
    if (place >= live.length) {
      int places = Math.max(1024, 2 * place);
      Arrays.fill(lastSeen = Arrays.copyOf(lastSeen, places), live.length, places, Long.MIN_VALUE);
      live = Arrays.copyOf(live, places);
      waiting = Arrays.copyOf(waiting, places);
    }
  }

  public void learnedUpTo(long time) {
    now = Math.max(now, time);
  }

  public void seen(int place, long time) {
    lastSeen[place] = Math.max(lastSeen[place], time);
  }

  /**
   * Counts occurrences of what has no row; returns whether that earns it one.
   *
   * @param newCount those of them that count, as they were not learned before
   */
  public boolean earns(
      long fid, int place, int occurrences, int newCount, boolean drawn, long time) {
    notAdmitted += occurrences;
    boolean forgotten = rules.isExpired(fid, lastSeen[place], now);
    waiting[place] = newCount + (forgotten ? 0 : waiting[place]);
    seen(place, time);
    Admission admission = rules.admission(fid);
    return drawn
        || admission instanceof Admission.Counted counted && waiting[place] >= counted.occurrences()
        || admission instanceof Admission.Sketched sketched
            && waiting[place] >= sketched.occurrences();
  }

  public TableCounts counts() {
    return new TableCounts(admitted - expired, admitted, expired, 0, goneUpdates, notAdmitted, 0);
  }
}
