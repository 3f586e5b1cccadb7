package io.freshet.model.row;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts of the features that had to wait for a row of the embedding table, or lost it. The audit
 * of exactly-once: all occurrences that were learned are
 *
 * <pre>
 * updates of the rows + goneUpdates + notAdmitted + dropped
 * </pre>
 *
 * @param rows rows there are
 * @param admitted rows begun
 * @param expired rows that went as their features were not seen for long
 * @param evicted rows that went as there were too many
 * @param goneUpdates training occurrences of the rows that went
 * @param notAdmitted occurrences of features that had no row yet
 * @param dropped occurrences whose movement came back when the row they were learned on was gone
 */
public record TableCounts(
    long rows,
    long admitted,
    long expired,
    long evicted,
    long goneUpdates,
    long notAdmitted,
    long dropped) {

  private static final String GONE_UPDATES = "table_gone_updates";
  private static final String NOT_ADMITTED = "table_not_admitted";
  private static final String DROPPED = "table_dropped";

  /** The counts where every feature got a row at once, and keeps it. */
  public static TableCounts ofRows(long rows) {
    return new TableCounts(rows, rows, 0, 0, 0, 0, 0);
  }

  /** The counts by the names they have among a manifest's figures. */
  public Map<String, Double> asMap() {
    Map<String, Double> map = new LinkedHashMap<>();
    map.put("table_rows", (double) rows);
    map.put("table_admitted", (double) admitted);
    map.put("table_expired", (double) expired);
    map.put("table_evicted", (double) evicted);
    map.put(GONE_UPDATES, (double) goneUpdates);
    map.put(NOT_ADMITTED, (double) notAdmitted);
    map.put(DROPPED, (double) dropped);
    return map;
  }

  /** Occurrences that no row holds, by a manifest's figures. */
  public static long outsideRows(Map<String, Double> figures) {
    double sum = 0;
    for (String name : new String[] {GONE_UPDATES, NOT_ADMITTED, DROPPED}) {
      sum += figures.getOrDefault(name, 0.0);
    }
    return Math.round(sum);
  }
}
