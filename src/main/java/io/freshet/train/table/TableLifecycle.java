package io.freshet.train.table;

import io.freshet.model.Admission;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.row.FieldRules;
import io.freshet.train.state.KeyGroups;
import io.freshet.train.table.TableCounters.Counter;
import io.freshet.train.table.cache.RowCache;
import io.freshet.train.table.cache.StoredRow;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a table whose features must earn their rows or may lose them: the lifecycle of rows,
 * the sweep, the counters, and their state.
 *
 * <p>The shard's limit of rows is its share of the table's, by the number of its key groups: hashes
 * spread features evenly over them.
 */
final class TableLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(TableLifecycle.class);
  private static final int LEAST_LOOKS = 64; // of the sweep, after a message
  private static final int LOOKS_PER_ROW = 2;

  final FieldRules rules;
  final TableCounters counters;
  final RowLifecycle rows;
  private final RowStateStore state;
  private final AdmissionSketch sketch; // null where no field uses it
  private final LastSeenIndex index; // null where no row is lost
  private final ExpirySweep sweep; // null where no row is lost

  TableLifecycle(
      TableSettings settings,
      FieldRules rules,
      RowCache cache,
      RowStateStore state,
      ChangedRowBuffer changed)
      throws Exception {
    this.rules = rules;
    this.state = state;
    boolean isLimited = settings.maxRows() < TableSettings.UNBOUNDED;
    counters = new TableCounters(rules, state);
    sketch = usesSketch(settings) ? new AdmissionSketch(state, settings.sketchBytes()) : null;
    index = settings.losesRows() ? new LastSeenIndex(rules, state, isLimited) : null;
    rows = new RowLifecycle(rules, cache, state, index, sketch, changed, counters);
    long most = isLimited ? share(settings.maxRows(), state.groups()) : TableSettings.UNBOUNDED;
    sweep = index == null ? null : new ExpirySweep(index, rows, cache, state, counters, most);
  }

  private static boolean usesSketch(TableSettings settings) {
    return settings.fields().stream()
        .anyMatch(field -> field.rule().admission() instanceof Admission.Sketched);
  }

  private static long share(long rows, KeyGroups groups) {
    return Math.max(1, Math.round((double) rows * groups.size() / groups.all()));
  }

  /** The rules by which features are listed and counted, as text. */
  static String text(TableSettings settings) {
    String fields =
        settings.fields().stream().map(TableLifecycle::text).collect(Collectors.joining(" "));
    boolean isLimited = settings.maxRows() < TableSettings.UNBOUNDED;
    return "%s others=%s limited=%s"
        .formatted(fields, settings.otherwise().expiry().toMillis(), isLimited);
  }

  private static String text(FieldRule field) {
    return "%s=%s".formatted(field.number(), field.rule().expiry().toMillis());
  }

  /**
   * Restores the pages, or counts and lists all features again.
   *
   * @param isListed whether the restored state was written under the same rules
   */
  void restore(boolean isListed) throws Exception {
    if (!isListed) {
      listAll();
    } else if (index != null) {
      index.restore();
    }
  }

  private void listAll() throws Exception {
    if (index != null) {
      index.clear();
    }
    counters.forgetRows();
    long[] known = {0};
    state.forEachFid(
        fid -> {
          known[0]++;
          StoredRow row = state.get(fid);
          if (!row.isAbsent()) {
            counters.add(Counter.ROWS, fid, 1);
          }
          if (index != null) {
            index.list(fid, row.lastSeen());
          }
        });
    if (known[0] > 0) {
      LOG.info("listed {} features under the rules of the embedding table", known[0]);
    }
  }

  /** Removes what is due, after a message of so many features. */
  void sweep(int features) throws Exception {
    if (sweep != null) {
      sweep.step(LEAST_LOOKS + LOOKS_PER_ROW * features);
    }
  }

  /** Writes to state what is written only before a barrier. */
  void write() throws Exception {
    if (sweep != null) {
      sweep.putBack();
    }
    if (sketch != null) {
      sketch.write();
    }
    counters.write();
  }

  long surplusRows() {
    return sweep == null ? 0 : sweep.surplus();
  }

  long sketchBytes() {
    return sketch == null ? 0 : sketch.bytes();
  }
}
