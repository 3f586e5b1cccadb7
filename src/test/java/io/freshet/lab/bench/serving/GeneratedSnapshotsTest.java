package io.freshet.lab.bench.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import org.junit.jupiter.api.Test;

class GeneratedSnapshotsTest {

  @Test
  void aDeltaReplacesOneRowInAHundred() throws Exception {
    GeneratedSnapshots snapshots = new GeneratedSnapshots(600_000);
    SnapshotReader reader = new SnapshotReader(new SnapshotStore(snapshots));
    Snapshot full = reader.load(GeneratedSnapshots.version(1));
    snapshots.publish(2);
    Snapshot delta = reader.load(GeneratedSnapshots.version(2));

    assertThat(full.size()).isEqualTo((int) snapshots.rows()).isBetween(599_900, 600_000);
    assertThat(delta.size()).isEqualTo(full.size());
    int changed = 0;
    float[] before = new float[GeneratedSnapshots.WIDTH];
    float[] after = new float[GeneratedSnapshots.WIDTH];
    for (int field = 1; field <= GeneratedSnapshots.FIELDS; field++) {
      for (long value = 0; value < snapshots.ofField(); value++) {
        assertThat(full.read(GeneratedSnapshots.fid(field, value), before, 0)).isTrue();
        assertThat(delta.read(GeneratedSnapshots.fid(field, value), after, 0)).isTrue();
        changed += before[0] == after[0] ? 0 : 1;
      }
    }
    assertThat((long) changed).isEqualTo(snapshots.changes(2));
  }
}
