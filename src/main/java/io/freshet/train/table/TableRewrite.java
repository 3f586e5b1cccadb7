package io.freshet.train.table;

import io.freshet.feature.Fids;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.RowMigration;
import io.freshet.model.row.RowPacking;
import io.freshet.train.Reset;
import io.freshet.train.message.ShardRequest.InitialRemovals;
import io.freshet.train.message.ShardRequest.InitialRows;
import io.freshet.train.table.TableCounters.Counter;
import io.freshet.train.table.cache.StoredRow;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites the state of a table that starts from another model, from state of other settings, or
 * with other fields. Each step takes as long as a look at every row.
 */
final class TableRewrite {
  private static final Logger LOG = LoggerFactory.getLogger(TableRewrite.class);

  private final int[] fieldIndexes; // by field number; -1 where the model has no such field
  private final RowLayout layout;
  private final RowPacking packing;
  private final RowStateStore state;
  private final ChangedRowBuffer changed;
  private final Optional<RowLifecycle> lifecycle;

  TableRewrite(
      int[] fieldIndexes,
      RowLayout layout,
      RowStateStore state,
      ChangedRowBuffer changed,
      Optional<RowLifecycle> lifecycle) {
    this.fieldIndexes = fieldIndexes;
    this.layout = layout;
    packing = layout.packing();
    this.state = state;
    this.changed = changed;
    this.lifecycle = lifecycle;
  }

  /** Writes those rows of a model that belong to this shard and to a field of this model. */
  void startWith(InitialRows rows, long lastSeen) throws Exception {
    int width = rows.weights().length / rows.fids().length;
    for (int i = 0; i < rows.fids().length; i++) {
      long fid = rows.fids()[i];
      if (isOwn(fid)) {
        float[] row = new float[layout.width()];
        layout.startFrom(fid, rows.weights(), i * width, row, 0);
        float[] packed = packing.packed(fid, row);
        state.put(fid, new StoredRow(rows.updates()[i], lastSeen, packed));
      }
    }
  }

  /** Deletes rows of a model again, which nobody has seen yet. */
  void startWithout(InitialRemovals gone) throws Exception {
    for (long fid : gone.fids()) {
      if (isOwn(fid)) {
        state.delete(fid);
      }
    }
  }

  private boolean isOwn(long fid) {
    return hasField(fid) && state.groups().ownsFeature(fid);
  }

  private boolean hasField(long fid) {
    return fid == Fids.BIAS || fieldIndexes[Fids.field(fid)] >= 0;
  }

  /** Converts each row. */
  void convert(RowMigration migration) throws Exception {
    long[] known = {0};
    state.forEachFid(
        fid -> {
          known[0]++;
          StoredRow row = state.get(fid);
          if (!row.isAbsent()) {
            state.put(fid, row.with(migration.convert(fid, row.values())));
          }
        });
    LOG.info("converted the rows of {} features to the configured settings", known[0]);
  }

  /** Removes the rows that a reset covers, so that they begin again when they occur. */
  void remove(Reset reset) throws Exception {
    long[] removed = {0};
    state.forEachFid(
        fid -> {
          if (reset.covers(fid)) {
            removed[0]++;
            remove(fid, state.get(fid));
          }
        });
    LOG.info("the rows of {} features start again", removed[0]);
  }

  /**
   * Removes the features of fields that the model no longer has, and sends every other row to the
   * snapshot, whose next version is a full, as a delta cannot follow a version of another shape.
   * Belongs before the first flush: for the snapshot, the last value of a row counts.
   */
  void publishAll() throws Exception {
    long[] kept = {0};
    long[] removed = {0};
    state.forEachFid(
        fid -> {
          StoredRow row = state.get(fid);
          if (!hasField(fid)) {
            removed[0]++;
            remove(fid, row);
          } else if (!row.isAbsent()) {
            changed.add(fid, row.with(packing.unpacked(fid, row.values())));
            kept[0]++;
          }
        });
    LOG.info(
        "the next version is a full: {} rows, {} features of removed fields", kept[0], removed[0]);
  }

  private void remove(long fid, StoredRow row) throws Exception {
    if (!row.isAbsent() && lifecycle.isPresent()) {
      lifecycle.get().gone(fid, row.generation(), row.updates(), Counter.EXPIRED);
    } else if (!row.isAbsent()) {
      changed.remove(fid);
    }
    state.delete(fid);
  }
}
