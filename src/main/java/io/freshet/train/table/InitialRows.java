package io.freshet.train.table;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.model.row.RowLayout;
import io.freshet.train.WarmStart;
import io.freshet.train.state.KeyGroups;
import io.freshet.train.table.RowLifecycle.Entries;

/** Takes those rows of a warm start that are a shard's own, and of fields that there are. */
final class InitialRows implements WarmStart.Rows {
  private final int[] slots;
  private final KeyGroups groups;
  private final RowLayout layout;
  private final Entries entries;

  InitialRows(FeatureSchema schema, KeyGroups groups, RowLayout layout, Entries entries) {
    slots = schema.slots();
    this.groups = groups;
    this.layout = layout;
    this.entries = entries;
  }

  @Override
  public void take(long fid, long updates, long lastSeen, float[] values, int at) throws Exception {
    if (isOwn(fid)) {
      float[] row = new float[layout.width()];
      layout.startFrom(fid, values, at, row, 0);
      entries.put(fid, new StoredRow(updates, lastSeen, row));
    }
  }

  @Override
  public void remove(long fid) throws Exception {
    if (isOwn(fid)) {
      entries.clear(fid);
    }
  }

  private boolean isOwn(long fid) {
    boolean isKnown = fid == Fids.BIAS || slots[Fids.field(fid)] >= 0;
    return isKnown && groups.owns(groups.of(fid));
  }
}
