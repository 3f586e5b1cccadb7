package io.freshet.train.table;

import io.freshet.model.row.FieldRules;
import io.freshet.model.row.TableCounts;
import io.freshet.train.state.KeyGroups;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * Counts what came of a shard's features, by key group and field, in keyed state: so a count is
 * exact through failures, and moves with its key group.
 *
 * <p>The snapshot is told what was added since it was last told, ahead of each barrier.
 */
final class TableCounters {
  /** What is counted. */
  enum Figure {
    ROWS,
    ADMITTED,
    EXPIRED,
    EVICTED,
    GONE_UPDATES,
    NOT_ADMITTED,
    DROPPED
  }

  private static final int FIGURES = Figure.values().length;

  private final FieldRules rules;
  private final KeyGroups groups;
  private final KeyContext context;
  private final MapState<Integer, long[]> state; // by field number, under the key of a group
  private final long[][] counts; // by place of the group; then place of the field and figure
  private final long[] totals; // by place of the field and figure
  private final BitSet changed = new BitSet(); // places of groups
  private final long[] sums = new long[FIGURES];
  private long[] told;

  /** Goes on from the state. */
  TableCounters(
      FieldRules rules, KeyGroups groups, KeyContext context, MapState<Integer, long[]> state)
      throws Exception {
    this.rules = rules;
    this.groups = groups;
    this.context = context;
    this.state = state;
    counts = new long[groups.size()][rules.size() * FIGURES];
    totals = new long[rules.size() * FIGURES];
    for (int group : groups.own().toArray()) {
      restore(group);
    }
    told = sums.clone();
  }

  private void restore(int group) throws Exception {
    context.setCurrentKey(groups.key(group));
    for (Map.Entry<Integer, long[]> field : state.entries()) {
      int at = FIGURES * rules.placeOf(field.getKey());
      for (int figure = 0; figure < FIGURES; figure++) {
        counts[groups.place(group)][at + figure] += field.getValue()[figure];
        totals[at + figure] += field.getValue()[figure];
        sums[figure] += field.getValue()[figure];
      }
    }
  }

  void add(Figure figure, long fid, long n) {
    int group = groups.place(groups.of(fid));
    int at = FIGURES * rules.place(fid) + figure.ordinal();
    counts[group][at] += n;
    totals[at] += n;
    sums[figure.ordinal()] += n;
    changed.set(group);
  }

  /** Forgets how many rows there are, for them to be counted again. */
  void forgetRows() {
    for (int at = Figure.ROWS.ordinal(); at < totals.length; at += FIGURES) {
      totals[at] = 0;
      for (long[] group : counts) {
        group[at] = 0;
      }
    }
    sums[Figure.ROWS.ordinal()] = 0;
    changed.set(0, counts.length);
  }

  /** The count of the field at a place. */
  long total(Figure figure, int place) {
    return totals[FIGURES * place + figure.ordinal()];
  }

  /** The count over all fields. */
  long total(Figure figure) {
    return sums[figure.ordinal()];
  }

  /** Writes what changed to state. */
  void write() throws Exception {
    for (int group = changed.nextSetBit(0); group >= 0; group = changed.nextSetBit(group + 1)) {
      context.setCurrentKey(groups.key(groups.own().min().getAsInt() + group));
      state.clear();
      for (int place = 0; place < rules.size(); place++) {
        long[] figures = Arrays.copyOfRange(counts[group], FIGURES * place, FIGURES * (place + 1));
        if (Arrays.stream(figures).anyMatch(n -> n != 0)) {
          state.put(rules.number(place), figures);
        }
      }
    }
    changed.clear();
  }

  /** What was added since the last call, if anything was. */
  Optional<TableCounts> news() {
    long[] n = new long[FIGURES];
    Arrays.setAll(n, figure -> sums[figure] - told[figure]);
    told = sums.clone();
    return Arrays.stream(n).allMatch(added -> added == 0)
        ? Optional.empty()
        : Optional.of(new TableCounts(n[0], n[1], n[2], n[3], n[4], n[5], n[6]));
  }
}
