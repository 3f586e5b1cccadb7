package io.freshet.train.table;

import io.freshet.model.row.FieldRules;
import io.freshet.model.row.TableCounts;
import io.freshet.train.state.KeyGroups;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts rows and occurrences of a shard by key group and field, in state: so a count is exact
 * through failures and moves with its key group. Before each barrier the snapshot gets what was
 * added since the last one.
 */
final class TableCounters {
  /** A counter. */
  enum Counter {
    ROWS,
    ADMITTED,
    EXPIRED,
    EVICTED,
    GONE_UPDATES,
    NOT_ADMITTED,
    DROPPED
  }

  private static final int COUNTERS = Counter.values().length;

  private final FieldRules rules;
  private final KeyGroups groups;
  private final RowStateStore state;
  private final long[][] counts; // by place of the group; then place of the field and counter
  private final long[] totals; // by place of the field and counter
  private final BitSet changed = new BitSet(); // places of groups
  private final long[] sums = new long[COUNTERS];
  private long[] reported;

  /** Restores the counts. */
  TableCounters(FieldRules rules, RowStateStore state) throws Exception {
    this.rules = rules;
    this.state = state;
    groups = state.groups();
    counts = new long[groups.size()][rules.size() * COUNTERS];
    totals = new long[rules.size() * COUNTERS];
    for (int place = 0; place < groups.size(); place++) {
      restore(place);
    }
    reported = sums.clone();
  }

  private void restore(int place) throws Exception {
    state
        .counters(groups.first() + place)
        .forEach(
            (field, stored) -> {
              int at = COUNTERS * rules.placeOf(field);
              for (int counter = 0; counter < COUNTERS; counter++) {
                counts[place][at + counter] += stored[counter];
                totals[at + counter] += stored[counter];
                sums[counter] += stored[counter];
              }
            });
  }

  void add(Counter counter, long fid, long n) {
    int group = groups.place(groups.groupOf(fid));
    int at = COUNTERS * rules.place(fid) + counter.ordinal();
    counts[group][at] += n;
    totals[at] += n;
    sums[counter.ordinal()] += n;
    changed.set(group);
  }

  /** Sets the number of rows to 0, to count them again. */
  void forgetRows() {
    for (int at = Counter.ROWS.ordinal(); at < totals.length; at += COUNTERS) {
      totals[at] = 0;
      for (long[] group : counts) {
        group[at] = 0;
      }
    }
    sums[Counter.ROWS.ordinal()] = 0;
    changed.set(0, counts.length);
  }

  /** The count of the field at a place. */
  long total(Counter counter, int place) {
    return totals[COUNTERS * place + counter.ordinal()];
  }

  /** The count over all fields. */
  long total(Counter counter) {
    return sums[counter.ordinal()];
  }

  /** Writes the changed groups to state. */
  void write() throws Exception {
    for (int group = changed.nextSetBit(0); group >= 0; group = changed.nextSetBit(group + 1)) {
      Map<Integer, long[]> byField = new HashMap<>();
      for (int place = 0; place < rules.size(); place++) {
        long[] values = Arrays.copyOfRange(counts[group], COUNTERS * place, COUNTERS * (place + 1));
        if (Arrays.stream(values).anyMatch(n -> n != 0)) {
          byField.put(rules.number(place), values);
        }
      }
      state.putCounters(groups.first() + group, byField);
    }
    changed.clear();
  }

  /** Returns what was added since the last call, if anything was. */
  Optional<TableCounts> takeAdded() {
    long[] n = new long[COUNTERS];
    Arrays.setAll(n, counter -> sums[counter] - reported[counter]);
    reported = sums.clone();
    return Arrays.stream(n).allMatch(added -> added == 0)
        ? Optional.empty()
        : Optional.of(new TableCounts(n[0], n[1], n[2], n[3], n[4], n[5], n[6]));
  }
}
