package io.freshet.train.table;

import io.freshet.feature.Fids;
import io.freshet.model.Admission;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelSettings;
import io.freshet.model.TableSettings;
import io.freshet.model.TableSettings.FieldRule;
import io.freshet.model.TableSettings.Rule;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.RowLayout;
import io.freshet.model.row.TableCounts;
import io.freshet.train.TrainSettings;
import io.freshet.train.loop.SyntheticExamples;
import io.freshet.train.message.LoopCodecs;
import io.freshet.train.message.ReplyTo;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.Occurrences;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse;
import io.freshet.train.message.ShardResponse.Rows;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/**
 * A shard whose features wait for rows and lose them. What goes to the snapshot is kept as a
 * snapshot would hold it.
 */
@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class LivingShard
    extends KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardResponse> {
  static final int MAX_PARALLELISM = 16;
  static final ModelSettings MODEL = new ModelSettings(2, List.of(), 0, 42);
  static final RowLayout LAYOUT = new RowLayout(MODEL, LearningSettings.DEFAULT);
  private static final ReplyTo REPLY_TO = new ReplyTo(new UUID(1, 2), 0, "here");

  /** Updates by feature. */
  final Map<Long, Long> snapshot = new TreeMap<>();

  private final Set<Long> told = new HashSet<>();

  TableCounts counts = new TableCounts(0, 0, 0, 0, 0, 0, 0);
  private final int parallelism;
  private final int subtask;

  LivingShard(TableSettings table, String backend, int cacheRows, int parallelism, int subtask)
      throws Exception {
    super(
        new EmbeddingShard(
            SyntheticExamples.SCHEMA,
            MODEL,
            new TrainSettings(
                64,
                Duration.ofMillis(20),
                2,
                256,
                8,
                cacheRows,
                LearningSettings.DEFAULT.withTable(table))),
        ShardRequest::key,
        Types.LONG,
        MAX_PARALLELISM,
        parallelism,
        subtask);
    this.parallelism = parallelism;
    this.subtask = subtask;
    setStateBackend(
        backend.equals("rocksdb") ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend());
    setup(LoopCodecs.ANSWER.serializer());
  }

  /** A lone shard on the heap, open. */
  static LivingShard opened(TableSettings table) throws Exception {
    LivingShard shard = new LivingShard(table, "hashmap", 1000, 1, 0);
    shard.open();
    return shard;
  }

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

  Rows lookUp(long... fids) throws Exception {
    getOutput().clear();
    processElement(
        new StreamRecord<>(new Lookup(REPLY_TO, parallelism, MAX_PARALLELISM, 9, 4, fids)));
    return (Rows) extractOutputValues().get(0);
  }

  /** Brings back what was learned on rows as they were looked up, at an event time. */
  void learned(Rows rows, long time, long... fids) throws Exception {
    int[] counts = new int[fids.length];
    Arrays.fill(counts, 1);
    float[] deltas = new float[fids.length * LAYOUT.width()];
    Arrays.fill(deltas, 0.5f);
    processElement(
        new StreamRecord<>(new RowDelta(fids, time, rows.updates(), counts, rows.lives(), deltas)));
  }

  /** Looks features up that have rows or get them at once, and brings back what was learned. */
  void learn(long time, long... fids) throws Exception {
    learned(lookUp(fids), time, fids);
  }

  void occurred(long time, int count, long... fids) throws Exception {
    int[] counts = new int[fids.length];
    Arrays.fill(counts, count);
    processElement(
        new StreamRecord<>(new Occurrences(fids, time, counts, counts, new boolean[fids.length])));
  }

  /** Brings back occurrences in examples that were learned before. */
  void occurredAgain(long time, int count, long... fids) throws Exception {
    int[] counts = new int[fids.length];
    Arrays.fill(counts, count);
    processElement(
        new StreamRecord<>(
            new Occurrences(fids, time, counts, new int[fids.length], new boolean[fids.length])));
  }

  void won(long time, long fid) throws Exception {
    processElement(
        new StreamRecord<>(
            new Occurrences(
                new long[] {fid}, time, new int[] {1}, new int[] {1}, new boolean[] {true})));
  }

  /** What a trainer does with one batch of features, each occurring once. */
  void batch(long time, long... fids) throws Exception {
    Rows rows = lookUp(fids);
    long[] present = pick(fids, rows.updates(), true);
    long[] absent = pick(fids, rows.updates(), false);
    if (present.length > 0) {
      int[] kept = IntStream.range(0, fids.length).filter(i -> rows.updates()[i] >= 0).toArray();
      learned(
          new Rows(
              REPLY_TO,
              9,
              4,
              Arrays.stream(kept).mapToLong(i -> rows.updates()[i]).toArray(),
              Arrays.stream(kept).map(i -> rows.lives()[i]).toArray(),
              rows.values()),
          time,
          present);
    }
    if (absent.length > 0) {
      occurred(time, 1, absent);
    }
  }

  private static long[] pick(long[] fids, long[] updates, boolean present) {
    return IntStream.range(0, fids.length)
        .filter(i -> updates[i] >= 0 == present)
        .mapToLong(i -> fids[i])
        .toArray();
  }

  /** A feature of a field without a rule that belongs to this shard. */
  long clock() {
    return LongStream.range(0, 1000)
        .map(i -> Fids.of(9, i))
        .filter(this::owns)
        .findFirst()
        .orElseThrow();
  }

  OperatorSubtaskState checkpoint(long id) throws Exception {
    prepareSnapshotPreBarrier(id);
    takeSnapshotBlocks();
    takeCounts();
    return snapshot(id, id);
  }

  private void takeSnapshotBlocks() {
    var records = getSideOutput(EmbeddingShard.TOUCHED);
    while (records != null && !records.isEmpty()) {
      RowBlock block = records.poll().getValue();
      for (int i = 0; i < block.size(); i++) {
        snapshot.put(block.fids()[i], block.updates()[i]);
        told.add(block.fids()[i]);
      }
      for (long gone : block.removed()) {
        snapshot.remove(gone);
        told.add(gone);
      }
    }
  }

  /** Whether the snapshot was told anything of a feature. */
  boolean seen(long fid) {
    return told.contains(fid);
  }

  private void takeCounts() {
    var records = getSideOutput(EmbeddingShard.COUNTS);
    while (records != null && !records.isEmpty()) {
      counts = sum(counts, records.poll().getValue());
    }
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

  /** Occurrences that the snapshot and the counts account for. */
  long accounted() {
    long inRows = snapshot.values().stream().mapToLong(Long::longValue).sum();
    return inRows + counts.goneUpdates() + counts.notAdmitted() + counts.dropped();
  }

  void restore(OperatorSubtaskState state, int before) throws Exception {
    initializeState(repartitionOperatorState(state, MAX_PARALLELISM, before, parallelism, subtask));
    open();
  }

  boolean owns(long fid) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(fid, MAX_PARALLELISM, parallelism)
        == subtask;
  }

  /** All that keyed state knows of features. */
  Map<Long, StoredRow> state() throws Exception {
    EmbeddingShard shard = (EmbeddingShard) getOperator();
    Map<Long, StoredRow> entries = new HashMap<>();
    List<Long> fids =
        shard
            .getKeyedStateBackend()
            .getKeys("embedding-table", VoidNamespace.INSTANCE)
            .map(Long.class::cast)
            .toList();
    for (long fid : fids) {
      entries.put(fid, Optional.ofNullable(shard.load(fid)).orElseThrow());
    }
    return entries;
  }
}
