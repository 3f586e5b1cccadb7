package io.freshet.train.loop;

import io.freshet.model.row.RowLayout;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.Rows;
import java.util.HashMap;
import java.util.Map;

/** An embedding table in a map, for the tests of a lone trainer. */
final class FakeShards {
  final Map<Long, float[]> rows = new HashMap<>();
  final Map<Long, Long> updates = new HashMap<>();
  private final RowLayout layout;

  FakeShards(RowLayout layout) {
    this.layout = layout;
  }

  Rows respond(Lookup lookup) {
    int n = lookup.fids().length;
    long[] counts = new long[n];
    float[] values = new float[n * layout.width()];
    for (int i = 0; i < n; i++) {
      counts[i] = updates.getOrDefault(lookup.fids()[i], 0L);
      System.arraycopy(row(lookup.fids()[i]), 0, values, i * layout.width(), layout.width());
    }
    return new Rows(lookup.replyTo(), lookup.batch(), lookup.part(), counts, values);
  }

  void add(RowDelta delta) {
    for (int i = 0; i < delta.fids().length; i++) {
      float[] row = row(delta.fids()[i]);
      for (int j = 0; j < row.length; j++) {
        row[j] += delta.deltas()[i * row.length + j];
      }
      updates.merge(delta.fids()[i], (long) delta.counts()[i], Long::sum);
    }
  }

  private float[] row(long fid) {
    return rows.computeIfAbsent(
        fid,
        unknown -> {
          float[] row = new float[layout.width()];
          layout.start(unknown, row, 0);
          return row;
        });
  }
}
