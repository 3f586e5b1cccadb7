package io.freshet.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.SmallLearner;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queries that predict on a mini cluster, while learners publish. */
@Timeout(120)
final class MlPredictITCase {
  private static final int VERSIONS = 4;

  @TempDir private Path folder;

  @Test
  void everyKindOfModelIsScoredAsByTheScorerFromVersionToVersion() throws Exception {
    TableEnvironment sql = environment();
    Map<ModelKind, Learning> learners = new EnumMap<>(ModelKind.class);
    for (ModelKind kind : ModelKind.values()) {
      learners.put(kind, new Learning(kind));
      learners.get(kind).publish();
      sql.executeSql(createModel(kind));
    }
    String query =
        Arrays.stream(ModelKind.values())
            .map(
                kind ->
                    """
                    SELECT '%1$s' AS kind, `user`, genres, price, p_%1$s AS probability, version
                    FROM ML_PREDICT(TABLE impressions, MODEL %1$s, DESCRIPTOR(`user`, genres, price))
                    """
                        .formatted(kind.name()))
            .collect(Collectors.joining(" UNION ALL "));

    int rows = 0;
    TableResult result = sql.executeSql(query);
    try {
      Iterator<Row> predictions = result.collect();
      while (learners.values().stream().anyMatch(l -> l.seen.size() < VERSIONS)) {
        Row row = predictions.next();
        learners.get(ModelKind.valueOf(row.getFieldAs("kind"))).check(row);
        rows++;
      }
    } finally {
      result.getJobClient().orElseThrow().cancel().get();
    }

    assertThat(rows).isGreaterThan(VERSIONS * ModelKind.values().length);
    awaitNoFollower();
  }

  /** A query that is cancelled ends in a moment, and its last subtask closes the follower. */
  private static void awaitNoFollower() throws InterruptedException {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (SharedFollowers.size() > 0) {
      assertThat(System.nanoTime()).as("followers outlive their queries").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  /** Learns and publishes, and has a scorer of each version. */
  private final class Learning {
    private final Path root;
    private final SmallLearner learner;
    private final SnapshotFollower follower;
    private final Map<String, Scorer> scorers = new HashMap<>();
    private final Set<String> seen = new HashSet<>();

    Learning(ModelKind kind) {
      root = root(kind);
      learner = new SmallLearner(root, 7, "0badcafe", SampleModel.SCHEMA, settings(kind));
      follower =
          new SnapshotFollower(new SnapshotStore(new LocalStorage(root)), InstantSource.system());
    }

    void publish() throws Exception {
      Version version = learner.publish();
      follower.look();
      scorers.put(version.toString(), follower.model().orElseThrow().newScorer());
    }

    /** Checks a row, and publishes the next version where it is of a new one. */
    void check(Row row) throws Exception {
      String version = row.getFieldAs("version");
      Map<String, Object> features = new HashMap<>();
      features.put("user", row.getField("user"));
      features.put("price", row.getField("price"));
      List<Object> genres = new ArrayList<>();
      if (row.getField("genres") != null) {
        genres.addAll(Arrays.asList(row.<Object[]>getFieldAs("genres")));
      }
      features.put("genres", genres);
      assertThat(row.<Double>getFieldAs("probability"))
          .as("%s", row)
          .isCloseTo(scorers.get(version).score(features), within(1e-6));
      if (seen.add(version) && seen.size() < VERSIONS) {
        publish();
      }
    }
  }

  private static ModelSettings settings(ModelKind kind) {
    return SampleKinds.of(kind, 42);
  }

  private Path root(ModelKind kind) {
    return folder.resolve("snapshots-" + kind.key());
  }

  /**
   * Every second kind has its rows on the disk. The columns of the probabilities differ: Flink
   * takes two models of a query for one where their OUTPUT is the same.
   */
  private String createModel(ModelKind kind) {
    String store =
        kind.ordinal() % 2 == 0
            ? ""
            : ", 'store' = 'rocksdb', 'store-memory' = '16 mb', 'store-dir' = '%s'"
                .formatted(folder.resolve("store"));
    return """
    CREATE MODEL %1$s
    INPUT (`user` STRING, genres ARRAY<STRING>, price DOUBLE)
    OUTPUT (p_%1$s DOUBLE, version STRING)
    WITH ('provider' = 'freshet', 'root' = '%2$s', 'name' = 'sample', 'poll-interval' = '20 ms'%3$s)
    """
        .formatted(kind.name(), root(kind).toUri(), store);
  }

  /** With impressions without end: of users known and not, prices without, genres none to two. */
  private static TableEnvironment environment() {
    TableEnvironment sql =
        StreamTableEnvironment.create(StreamExecutionEnvironment.createLocalEnvironment(2));
    sql.executeSql(
        """
        CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100',
          'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '1000000')
        """);
    sql.executeSql(
        """
        CREATE VIEW impressions AS SELECT
          'u' || CAST(MOD(n, 50) AS STRING) AS `user`,
          CASE MOD(n, 3) WHEN 0 THEN ARRAY['war'] WHEN 1 THEN ARRAY['war', 'drama'] END AS genres,
          CASE WHEN MOD(n, 7) > 0 THEN CAST(MOD(n, 11) AS DOUBLE) / 4 END AS price
        FROM numbers
        """);
    return sql;
  }
}
