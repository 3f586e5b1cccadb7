package io.freshet.train.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.model.Admission;
import io.freshet.model.TableSettings;
import io.freshet.model.dense.ModelShape;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.row.RowBlock;
import io.freshet.model.row.TableCounts;
import io.freshet.train.InitialModel;
import io.freshet.train.LoopSettings;
import io.freshet.train.RefusedException;
import io.freshet.train.SentTable;
import io.freshet.train.TrainSettings;
import io.freshet.train.WarmStart;
import io.freshet.train.feedback.ParameterServerHarness;
import io.freshet.train.loop.SyntheticExamples;
import io.freshet.train.message.ShardRequest;
import io.freshet.train.message.ShardRequest.InitialEnd;
import io.freshet.train.message.ShardRequest.InitialRemovals;
import io.freshet.train.message.ShardRequest.InitialRows;
import io.freshet.train.message.ShardRequest.Lookup;
import io.freshet.train.message.ShardRequest.RowDelta;
import io.freshet.train.message.ShardResponse.Rows;
import io.freshet.train.table.cache.StoredRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("try") // the harness' close() may be interrupted; tests pass that on
final class EmbeddingShardOperatorTest {
  private static final long USER = Fids.of(1, 5);
  private static final long ITEM = Fids.of(2, 6);

  @ParameterizedTest
  @CsvSource({"hashmap, 1000", "hashmap, 7", "rocksdb, 1000", "rocksdb, 7"})
  void rescalingKeepsEveryRowBitForBit(String backend, int cacheRows) throws Exception {
    long[] fids = new SplittableRandom(3).longs(500).toArray();
    List<Rows> before = new ArrayList<>();
    OperatorSubtaskState one;
    try (Shard shard = new Shard(TableSettings.OFF, backend, cacheRows, 1, 0)) {
      shard.open();
      SplittableRandom random = new SplittableRandom(4);
      for (long fid : fids) {
        shard.add(fid, 1 + random.nextInt(9), (float) random.nextDouble());
      }
      one = shard.checkpoint(1);
      for (long fid : fids) {
        before.add(shard.client.lookUp(fid));
      }
    }

    List<OperatorSubtaskState> halves = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      try (Shard shard = new Shard(TableSettings.OFF, backend, cacheRows, 2, half)) {
        shard.restore(one, 1);
        for (int i = 0; i < fids.length; i++) {
          if (shard.owns(fids[i])) {
            assertThat(shard.client.lookUp(fids[i]))
                .usingRecursiveComparison()
                .isEqualTo(before.get(i));
          }
        }
        halves.add(shard.checkpoint(2));
      }
    }

    try (Shard shard = new Shard(TableSettings.OFF, backend, cacheRows, 1, 0)) {
      shard.restore(packed(halves), 2);
      for (int i = 0; i < fids.length; i++) {
        assertThat(shard.client.lookUp(fids[i]))
            .usingRecursiveComparison()
            .isEqualTo(before.get(i));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 16", "1, 128"})
  void trainersOfAnotherShapeAreRefused(int parallelism, int maxParallelism) throws Exception {
    try (Shard shard = opened()) {
      Lookup lookup =
          new Lookup(TableClient.REPLY_TO, parallelism, maxParallelism, 1, 0, new long[] {11});

      assertThatThrownBy(() -> shard.ask(lookup))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining(
              "trainers run at parallelism %d of %d but shards at 1 of 16",
              parallelism, maxParallelism);
    }
  }

  @Test
  void rowsThatHaveLongBeenDirtyTrickleToTheStateBetweenMessages() throws Exception {
    try (Shard shard = new Shard(TableSettings.OFF, "hashmap", 1000, 1, 0)) {
      shard
          .getEnvironment()
          .getJobConfiguration()
          .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(1));
      shard.open();
      for (long fid = 0; fid < 5; fid++) {
        shard.add(fid, 1, 1);
      }

      assertThat(shard.numKeyedStateEntries()).isEqualTo(5);
    }
  }

  @Test
  void withoutTheTrickleStateIsWrittenOnlyAtTheBarrier() throws Exception {
    try (Shard shard = opened()) {
      shard.add(1, 1, 1);
      assertThat(shard.numKeyedStateEntries()).isZero();

      shard.prepareSnapshotPreBarrier(1);

      assertThat(shard.numKeyedStateEntries()).isOne();
      assertThat(shard.taken(EmbeddingShard.CHANGED_ROWS)).hasSize(1);
    }
  }

  @Test
  void allRowsAreSentOnceForARequestAndThenOnlyWhatChanges() throws Exception {
    try (Shard shard = new Shard(TableSettings.OFF, "hashmap", 7, 1, 0)) {
      shard.open();
      for (int i = 1; i <= 50; i++) {
        shard.add(Fids.of(1, i), 1, 1);
      }
      shard.checkpoint(1);
      shard.taken(EmbeddingShard.CHANGED_ROWS);
      shard.add(Fids.of(1, 50), 1, 1);
      shard.request.set("0badcafe");

      shard.checkpoint(2);

      Map<Long, Long> sent = new TreeMap<>();
      for (RowBlock block : shard.taken(EmbeddingShard.CHANGED_ROWS)) {
        for (int i = 0; i < block.fids().length; i++) {
          sent.put(block.fids()[i], block.updates()[i]);
        }
      }
      assertThat(sent)
          .hasSize(50)
          .containsEntry(Fids.of(1, 1), 1L)
          .containsEntry(Fids.of(1, 50), 2L);
      assertThat(shard.taken(EmbeddingShard.SENT_TABLES))
          .containsExactly(new SentTable("0badcafe", 0, 1));
      shard.add(Fids.of(1, 7), 1, 1);
      shard.checkpoint(3);
      assertThat(shard.taken(EmbeddingShard.CHANGED_ROWS))
          .singleElement()
          .satisfies(block -> assertThat(block.fids()).containsExactly(Fids.of(1, 7)));
      assertThat(shard.taken(EmbeddingShard.SENT_TABLES)).isEmpty();
    }
  }

  @Test
  void theEndOfTheInputWritesTheRest() throws Exception {
    try (Shard shard = opened()) {
      shard.add(1, 1, 1);

      shard.endInput();

      assertThat(shard.numKeyedStateEntries()).isOne();
      assertThat(shard.taken(EmbeddingShard.CHANGED_ROWS)).hasSize(1);
    }
  }

  @Test
  void unalignedCheckpointsAreRefused() throws Exception {
    try (Shard shard = new Shard(TableSettings.OFF, "hashmap", 1000, 1, 0)) {
      shard
          .getEnvironment()
          .getJobConfiguration()
          .set(CheckpointingOptions.ENABLE_UNALIGNED, true)
          .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));

      assertThatThrownBy(shard::open)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("execution.checkpointing.unaligned.enabled to false");
    }
  }

  /** Every occurrence is accounted for at each checkpoint. */
  @ParameterizedTest
  @CsvSource({
    "1, hashmap, 7, 1000000",
    "2, hashmap, 1000, 60",
    "3, rocksdb, 9, 40",
    "4, rocksdb, 200, 1000000",
    "5, hashmap, 3, 25"
  })
  void occurrencesAreUpdatesGoneUpdatesNotAdmittedAndDropped(
      long seed, String backend, int cacheRows, long maxRows) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    TableSettings rules = mixed(maxRows);
    Map<Long, Long> snapshot = new TreeMap<>();
    TableCounts counts = new TableCounts(0, 0, 0, 0, 0, 0, 0);
    List<OperatorSubtaskState> state = new ArrayList<>();
    long occurrences = 0;
    long time = 0;
    for (int round = 0; round < 6; round++) {
      int parallelism = 1 + random.nextInt(3);
      int before = state.size();
      OperatorSubtaskState all = before == 0 ? null : packed(state);
      state.clear();
      long end = time;
      for (int subtask = 0; subtask < parallelism; subtask++) {
        long now = time;
        try (Shard shard = new Shard(rules, backend, cacheRows, parallelism, subtask)) {
          if (all == null) {
            shard.open();
          } else {
            shard.restore(all, before);
          }
          TableClient client = shard.client;
          for (int batch = 0; batch < 150; batch++) {
            long[] fids =
                random
                    .ints(12, 0, 120)
                    .distinct()
                    .mapToLong(i -> Fids.of(1 + i % 4, i))
                    .filter(shard::owns)
                    .toArray();
            now += random.nextInt(400);
            if (fids.length > 0) {
              occurrences += fids.length;
              client.batch(now, fids);
              if (random.nextInt(10) == 0) {
                now += 30_000;
                occurrences += race(shard, now, fids[0]);
              }
            }
          }
          state.add(shard.checkpoint(round + 1));
          shard.publish();
          assertThat(shard.state().values().stream().filter(row -> !row.isAbsent()).count())
              .as("seed %d: rows in state", seed)
              .isEqualTo(
                  client.snapshot.size()
                      + snapshot.keySet().stream()
                          .filter(shard::owns)
                          .filter(fid -> !client.reported.contains(fid))
                          .count());
          snapshot.keySet().removeAll(client.reported);
          snapshot.putAll(client.snapshot);
          counts = TableClient.sum(counts, client.counts);
        }
        end = Math.max(end, now);
      }
      time = end;
      long inRows = snapshot.values().stream().mapToLong(Long::longValue).sum();
      assertThat(inRows + counts.goneUpdates() + counts.notAdmitted() + counts.dropped())
          .as("seed %d, round %d: %s", seed, round, counts)
          .isEqualTo(occurrences);
      assertThat(counts.rows()).as("seed %d: rows", seed).isEqualTo(snapshot.size());
      assertThat(counts.admitted() - counts.expired() - counts.evicted())
          .as("seed %d", seed)
          .isEqualTo(counts.rows());
    }
    assertThat(counts.expired()).isPositive();
    assertThat(counts.notAdmitted()).isPositive();
    assertThat(counts.dropped()).isPositive();
    assertThat(counts.evicted() > 0).isEqualTo(maxRows < 100);
  }

  /** A delta that comes back after its row is gone; returns the occurrences. */
  private static int race(Shard shard, long now, long fid) throws Exception {
    Rows pulled = shard.client.lookUp(fid);
    if (pulled.updates()[0] < 0) {
      return 0;
    }
    long clock =
        LongStream.range(0, 1000).map(i -> Fids.of(9, i)).filter(shard::owns).findFirst().orElse(0);
    shard.client.learn(now, clock);
    shard.client.lookUp(fid);
    shard.client.learned(pulled, now, fid);
    return 2;
  }

  private static TableSettings mixed(long maxRows) {
    return new TableSettings(
        TableSettings.Rule.NONE,
        List.of(
            field(1, Admission.ALL, 20),
            field(2, new Admission.Counted(3), 15),
            field(3, new Admission.Sketched(2), 10),
            field(4, Admission.ALL, maxRows < 100 ? 0 : 40)),
        maxRows,
        1 << 16);
  }

  private static TableSettings.FieldRule field(int number, Admission admission, int seconds) {
    return new TableSettings.FieldRule(
        number, "f" + number, new TableSettings.Rule(admission, Duration.ofSeconds(seconds)));
  }

  private static OperatorSubtaskState packed(List<OperatorSubtaskState> states) throws Exception {
    return AbstractStreamOperatorTestHarness.repackageState(
        states.toArray(new OperatorSubtaskState[0]));
  }

  @Test
  void everyFeatureIsVisitedOnceWhateverIsReadAndWrittenMeanwhile() throws Exception {
    try (Shard shard = opened()) {
      KeyedRowState state = shard.rows();
      StoredRow row = new StoredRow(1, 0, new float[TableClient.WIDTH]);
      Set<Long> known = new TreeSet<>();
      for (long i = 0; i < 5000; i++) {
        known.add(Fids.of(1, i));
        state.put(Fids.of(1, i), row);
      }

      List<Long> visited = new ArrayList<>();
      state.forEachFid(
          fid -> {
            visited.add(fid);
            state.delete(fid);
            state.put(Fids.of(2, fid & 0xffff), state.get(Fids.of(3, 1)) == null ? row : null);
          });

      assertThat(visited).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(known);
    }
  }

  @Test
  void lookupsWaitForTheModelThatTheJobStartsFrom() throws Exception {
    float[] weights = {1, 2, 3, 4, 5, 6};
    try (Shard shard = new Shard(new LearnedElsewhere(), TableSettings.OFF)) {
      shard.open();
      Lookup early = new Lookup(TableClient.REPLY_TO, 1, 16, 9, 4, new long[] {USER});

      assertThat(shard.ask(new InitialRows(new long[] {USER, ITEM}, new long[] {7, 8}, weights)))
          .isNull();
      assertThat(shard.ask(early)).isNull();
      assertThatThrownBy(() -> shard.prepareSnapshotPreBarrier(1))
          .hasMessageContaining("a barrier came before the model");
      assertThat(shard.ask(new InitialRemovals(new long[] {ITEM}))).isNull();
      Rows answer = (Rows) shard.ask(new InitialEnd(new long[] {0}));

      assertThat(answer.updates()).containsExactly(7);
      float[] row = new float[TableClient.WIDTH];
      TableClient.LAYOUT.startFrom(USER, weights, 0, row, 0);
      assertThat(answer.values()).isEqualTo(row);
      assertThat(shard.state()).containsOnlyKeys(USER);
      assertThat(shard.state().get(USER).lastSeen()).isEqualTo(LearnedElsewhere.LAST_SEEN);
      shard.checkpoint(1);
      shard.publish();
      assertThat(shard.client.snapshot).containsExactly(entry(USER, 7L));
    }
  }

  @Test
  void rowsOfTheModelThatTheJobStartsFromExpireAsAny() throws Exception {
    TableSettings expiring = TableClient.rules(Admission.ALL, Duration.ofSeconds(10), 1000);
    try (Shard shard = new Shard(new LearnedElsewhere(), expiring)) {
      shard.open();
      shard.ask(
          new InitialRows(
              new long[] {USER, ITEM}, new long[] {7, 8}, new float[] {1, 2, 3, 4, 5, 6}));
      shard.ask(new InitialEnd(new long[] {0}));
      shard.checkpoint(1);
      shard.publish();
      assertThat(shard.client.snapshot).containsExactly(entry(USER, 7L), entry(ITEM, 8L));

      long later = LearnedElsewhere.LAST_SEEN + Duration.ofMinutes(1).toMillis();
      for (int i = 0; i < 100; i++) {
        shard.client.learn(later + i, USER);
        shard.checkpoint(2 + i);
      }
      shard.publish();
      assertThat(shard.client.snapshot).containsOnlyKeys(USER);
    }
  }

  @Test
  void aShardWithStateIsSentNoModel() throws Exception {
    try (Shard shard = opened()) {
      assertThatThrownBy(() -> shard.ask(new InitialEnd(new long[] {0})))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private static Shard opened() throws Exception {
    Shard shard = new Shard(TableSettings.OFF, "hashmap", 1000, 1, 0);
    shard.open();
    return shard;
  }

  /** A model whose rows the test sends. */
  private static final class LearnedElsewhere implements WarmStart {
    private static final long serialVersionUID = 1L;
    static final long LAST_SEEN = 1234;

    @Override
    public Optional<ModelShape> shape() {
      return Optional.of(ModelShape.of(SyntheticExamples.SCHEMA, TableClient.MODEL));
    }

    @Override
    public long lastSeen() {
      return LAST_SEEN;
    }

    @Override
    public void rows(Rows to) {}

    @Override
    public float[] dense() {
      return new float[0];
    }

    @Override
    public PublishedGauge gauge(FeatureSchema schema) {
      return PublishedGauge.NONE;
    }
  }

  private static final class Shard extends ParameterServerHarness<Long, ShardRequest> {
    final TableClient client = new Client();

    Shard(TableSettings table, String backend, int cacheRows, int parallelism, int subtask)
        throws Exception {
      this(settings(table, cacheRows), backend, parallelism, subtask);
    }

    /** One that starts from a model. */
    Shard(WarmStart model, TableSettings table) throws Exception {
      this(settings(table, 1000).withStart(InitialModel.PLAIN.from(model)), "hashmap", 1, 0);
    }

    private static LoopSettings settings(TableSettings table, int cacheRows) {
      return LoopSettings.of(
          SyntheticExamples.SCHEMA,
          TableClient.MODEL,
          TrainSettings.DEFAULT.withCacheRows(cacheRows).withTable(table));
    }

    private Shard(LoopSettings settings, String backend, int parallelism, int subtask)
        throws Exception {
      super(
          new EmbeddingShard(settings, false),
          ShardRequest::key,
          Types.LONG,
          backend,
          parallelism,
          subtask);
    }

    void add(long fid, int count, float by) throws Exception {
      float[] delta = new float[TableClient.WIDTH];
      Arrays.fill(delta, by);
      ask(new RowDelta(new long[] {fid}, 1000, new long[1], new int[] {count}, delta));
    }

    void publish() {
      taken(EmbeddingShard.CHANGED_ROWS).forEach(client::take);
      taken(EmbeddingShard.COUNTS).forEach(client::take);
    }

    KeyedRowState rows() throws Exception {
      KeyedStateBackend<Object> backend =
          ((AbstractStreamOperator<?>) getOperator()).getKeyedStateBackend();
      return new KeyedRowState(backend, TableFixture.groups(parallelism, subtask));
    }

    Map<Long, StoredRow> state() throws Exception {
      KeyedRowState state = rows();
      Map<Long, StoredRow> rows = new HashMap<>();
      state.forEachFid(fid -> rows.put(fid, state.get(fid)));
      return rows;
    }

    private final class Client extends TableClient {
      @Override
      Rows lookUp(long... fids) throws Exception {
        return (Rows) ask(new Lookup(REPLY_TO, parallelism, MAX_PARALLELISM, 9, 4, fids));
      }

      @Override
      void send(ShardRequest request) throws Exception {
        ask(request);
      }
    }
  }
}
