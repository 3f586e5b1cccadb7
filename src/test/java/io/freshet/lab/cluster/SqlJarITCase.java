package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.lab.broker.EmbeddedKafka;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A cluster of two processes with the jar for SQL in its lib: a query predicts while a job of the
 * slim jar, in the same task manager, learns and publishes.
 */
@Timeout(240)
final class SqlJarITCase {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Test
  void aQueryFollowsTheLearnerBesideIt() throws Exception {
    Path folder = TARGET.resolve("sql-it").resolve(String.valueOf(System.nanoTime()));
    Files.createDirectories(folder);
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        SlimCluster cluster = new SlimCluster(folder, TARGET, TARGET.resolve("freshet-sql.jar"))) {
      SmallEvents.send(kafka, 0, 2_000);
      Path config = config(folder, kafka.bootstrapServers());
      cluster.awaitIdle(PATIENCE);
      cluster.run(cluster.upload(TARGET.resolve("freshet-job.jar")), "--config", config.toString());

      TableResult query = predictions(cluster, folder);
      Iterator<Row> rows = query.collect();
      String first = check(rows.next(), folder);
      SmallEvents.send(kafka, 2_000, 3_000);
      Row row = rows.next();
      while (row.getField("version").equals(first)) {
        row = rows.next();
      }
      check(row, folder);
      query.getJobClient().orElseThrow().cancel().get();
    }
  }

  private static TableResult predictions(SlimCluster cluster, Path folder) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createRemoteEnvironment("127.0.0.1", cluster.restPort());
    env.setParallelism(1);
    StreamTableEnvironment sql = StreamTableEnvironment.create(env);
    sql.executeSql(
        """
        CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '50',
          'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '1000000')
        """);
    sql.executeSql(
        """
        CREATE VIEW candidates AS SELECT 'u' || CAST(MOD(n, 600) AS STRING) AS `user`,
          'n' || CAST(MOD(n, 77) AS STRING) AS item FROM numbers
        """);
    sql.executeSql(
        """
        CREATE MODEL ctr INPUT (`user` STRING, item STRING)
        OUTPUT (probability DOUBLE, version STRING)
        WITH ('provider' = 'freshet', 'name' = 'small', 'root' = '%s', 'store' = 'rocksdb',
          'store-dir' = '%s', 'store-memory' = '16 mb')
        """
            .formatted(folder.resolve("snapshots").toUri(), folder.resolve("rows")));
    return sql.executeSql(
        "SELECT * FROM ML_PREDICT(TABLE candidates, MODEL ctr, DESCRIPTOR(`user`, item))");
  }

  /** Checks that a row has the score of its version, which it returns. */
  private static String check(Row row, Path folder) throws IOException {
    String version = row.getFieldAs("version");
    SnapshotReader snapshots =
        new SnapshotReader(new SnapshotStore(new LocalStorage(folder.resolve("snapshots"))));
    try (MemoryStore store = new MemoryStore();
        Scorer scorer =
            store
                .load(snapshots.chain(Version.of(version), Optional.empty()), snapshots)
                .newScorer()) {
      Map<String, Object> features =
          Map.of("user", row.getFieldAs("user"), "item", row.getFieldAs("item"));
      assertThat(row.<Double>getFieldAs("probability"))
          .as("%s", row)
          .isCloseTo(scorer.score(features), within(1e-6));
    }
    return version;
  }

  private static Path config(Path folder, String servers) throws IOException {
    return Files.writeString(
        folder.resolve("learner.yaml"),
        """
        name: small
        kafka: {bootstrap-servers: "%s"}
        features: [{name: user, kind: categorical}, {name: item, kind: categorical}]
        join: {window: 1 min, out-of-orderness: 5 s, idleness: 1 h}
        snapshot: {root: "%s"}
        checkpoint: {interval: 1 s, dir: "%s"}
        parallelism: 1
        """
            .formatted(
                servers,
                folder.resolve("snapshots").toUri(),
                folder.resolve("checkpoints").toUri()));
  }
}
