package io.freshet.train.table;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.train.table.RowLifecycle.Entries;
import io.freshet.train.table.TableCounters.Figure;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a shard does with its table when the model's shape has changed or it came from elsewhere:
 * clears the features of fields that are gone, and sends every other row to the snapshot, whose
 * next version is a full one, as no version of another shape can be built on.
 *
 * <p>Done at once, ahead of the first barrier: it takes as long as a look at every row.
 */
final class TableRewrite {
  private static final Logger LOG = LoggerFactory.getLogger(TableRewrite.class);

  private final int[] slots;
  private final Entries entries;
  private final ChangedRowBuffer touched;

  TableRewrite(FeatureSchema schema, Entries entries, ChangedRowBuffer touched) {
    slots = schema.slots();
    this.entries = entries;
    this.touched = touched;
  }

  /**
   * Rewrites the table.
   *
   * @param features all of which state knows anything
   * @param lives where rows that go are counted
   */
  void run(Stream<Long> features, Optional<RowLifecycle> lives) throws Exception {
    List<Long> gone = new ArrayList<>(); // cleared afterwards: state is being read
    long kept = 0;
    for (Iterator<Long> each = features.iterator(); each.hasNext(); ) {
      long fid = each.next();
      StoredRow entry = entries.load(fid);
      if (fid != Fids.BIAS && slots[Fids.field(fid)] < 0) {
        gone.add(fid);
      } else if (!entry.isAbsent()) {
        touched.add(fid, entry);
        kept++;
      }
    }
    for (long fid : gone) {
      remove(fid, lives);
    }
    LOG.info(
        "the next version is a full: {} rows, {} features of fields that went", kept, gone.size());
  }

  private void remove(long fid, Optional<RowLifecycle> lives) throws Exception {
    StoredRow entry = entries.load(fid);
    if (!entry.isAbsent() && lives.isPresent()) {
      lives.get().gone(fid, entry.life(), entry.updates(), Figure.EXPIRED);
    } else if (!entry.isAbsent()) {
      touched.removed(fid);
    }
    entries.clear(fid);
  }
}
