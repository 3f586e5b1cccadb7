package io.freshet.train.table;

import io.freshet.model.Admission;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.TableSettings.Rule;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.TableCounts;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.Rows;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;

/** A trainer and a snapshot of a shard, as far as its table sees them. */
abstract class TableClient {
  static final ModelSettings MODEL = ModelSettings.deepFm(2, List.of(), 0, 42);
  static final RowLayout LAYOUT = new RowLayout(MODEL, LearningSettings.DEFAULT);
  static final int WIDTH = LAYOUT.width();
  static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 0, "here");

  /** Updates by feature, as the snapshot has them. */
  final Map<Long, Long> snapshot = new TreeMap<>();

  /** Features that were reported to the snapshot. */
  final Set<Long> reported = new HashSet<>();

  TableCounts counts = new TableCounts(0, 0, 0, 0, 0, 0, 0);

  /** One rule for fields 1 to 4. */
  static TableSettings rules(Admission admission, Duration expiry, long maxRows) {
    Rule rule = new Rule(admission, expiry);
    return new TableSettings(
        rule,
        List.of(
            new FieldRule(1, "one", rule),
            new FieldRule(2, "two", rule),
            new FieldRule(3, "three", rule),
            new FieldRule(4, "four", rule)),
        maxRows,
        1 << 16);
  }

  /** The row that a feature starts with. */
  static float[] startOf(long fid) {
    float[] start = new float[WIDTH];
    LAYOUT.start(fid, start, 0);
    return start;
  }

  abstract Rows lookUp(long... fids) throws Exception;

  abstract void send(ShardRequest request) throws Exception;

  /** Sends back what was learned on rows as they were looked up, at an event time. */
  final void learned(Rows rows, long time, long... fids) throws Exception {
    float[] deltas = new float[fids.length * WIDTH];
    Arrays.fill(deltas, 0.5f);
    send(
        new RowDelta(
            fids, time, rows.updates(), filled(1, fids.length), rows.generations(), deltas));
  }

  /** Looks up features that have rows or get them at once, and sends back what was learned. */
  final void learn(long time, long... fids) throws Exception {
    learned(lookUp(fids), time, fids);
  }

  final void occurred(long time, int count, long... fids) throws Exception {
    int[] all = filled(count, fids.length);
    send(new Occurrences(fids, time, all, all, new boolean[fids.length]));
  }

  /** What a trainer does with one batch of features, each occurring once. */
  final void batch(long time, long... fids) throws Exception {
    Rows rows = lookUp(fids);
    int[] present = IntStream.range(0, fids.length).filter(i -> rows.updates()[i] >= 0).toArray();
    int[] absent = IntStream.range(0, fids.length).filter(i -> rows.updates()[i] < 0).toArray();
    if (present.length > 0) {
      int[] generations = Arrays.stream(present).map(i -> rows.generations()[i]).toArray();
      learned(
          new Rows(REPLY_TO, 9, 4, pick(rows.updates(), present), generations, rows.values()),
          time,
          pick(fids, present));
    }
    if (absent.length > 0) {
      occurred(time, 1, pick(fids, absent));
    }
  }

  private static long[] pick(long[] from, int[] which) {
    return Arrays.stream(which).mapToLong(i -> from[i]).toArray();
  }

  static int[] filled(int value, int n) {
    int[] array = new int[n];
    Arrays.fill(array, value);
    return array;
  }

  final void take(RowBlock block) {
    for (int i = 0; i < block.size(); i++) {
      snapshot.put(block.fids()[i], block.updates()[i]);
      reported.add(block.fids()[i]);
    }
    for (long gone : block.removed()) {
      snapshot.remove(gone);
      reported.add(gone);
    }
  }

  final void take(TableCounts added) {
    counts = sum(counts, added);
  }

  static TableCounts sum(TableCounts a, TableCounts b) {
    return new TableCounts(
        a.rows() + b.rows(),
        a.admitted() + b.admitted(),
        a.expired() + b.expired(),
        a.evicted() + b.evicted(),
        a.goneUpdates() + b.goneUpdates(),
        a.notAdmitted() + b.notAdmitted(),
        a.dropped() + b.dropped());
  }
}
