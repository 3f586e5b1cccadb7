package io.freshet.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * A session cluster of two processes that runs the slim jar, with the jar for SQL in its lib.
 * Submitted, cancelled and submitted again, classes, threads and native libraries of a job go with
 * it; {@code -Dresubmit.rounds=20} runs more. A query predicts beside it.
 */
@Timeout(600)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
final class SlimClusterITCase {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  private static final int ROUNDS = Integer.getInteger("resubmit.rounds", 5);
  private static final int EVENTS = 8_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Path folder;
  private EmbeddedKafka kafka;
  private SlimCluster cluster;
  private String jar;

  @BeforeAll
  void start() throws Exception {
    folder = TARGET.resolve("slim-cluster-it").resolve(String.valueOf(System.nanoTime()));
    Files.createDirectories(folder);
    kafka = EmbeddedKafka.start();
    cluster = new SlimCluster(folder, TARGET, TARGET.resolve("freshet-sql.jar"));
    SmallEvents.send(kafka, 0, EVENTS);
    cluster.awaitIdle(PATIENCE);
    jar = cluster.upload(TARGET.resolve("freshet-job.jar"));
  }

  @AfterAll
  void stop() {
    cluster.close();
    kafka.close();
  }

  @Test
  @Order(1) // before the libraries of a query are there, which stay
  void nothingOfAJobStaysBehindInASessionCluster() throws Exception {
    Path config = config("resubmit", 2);
    List<Footprint> taskManager = new ArrayList<>();
    List<Footprint> jobManager = new ArrayList<>();
    for (int round = 1; round <= ROUNDS; round++) {
      String job = cluster.run(jar, "--config", config.toString());
      awaitLearning(cluster, job);
      cluster.cancel(job);
      cluster.awaitIdle(PATIENCE);
      taskManager.add(Footprint.of(cluster.taskManager()));
      jobManager.add(Footprint.of(cluster.jobManager()));
      System.out.printf(
          "round %d: task manager %s; job manager %s%n",
          round, taskManager.get(round - 1), jobManager.get(round - 1));
    }
    awaitFlat(taskManager, cluster.taskManager());
    awaitFlat(jobManager, cluster.jobManager());
  }

  @Test
  @Order(2)
  void aQueryWithTheJarForSqlPredictsWhileAJobLearns() throws Exception {
    String job = cluster.run(jar, "--config", config("small", 1).toString());
    TableResult query = predictions();
    Iterator<Row> rows = query.collect();
    String first = check(rows.next());
    SmallEvents.send(kafka, EVENTS, EVENTS + 1_000);
    Row row = rows.next();
    while (row.getField("version").equals(first)) {
      row = rows.next();
    }
    check(row);
    query.getJobClient().orElseThrow().cancel().get();
    cluster.cancel(job);
    cluster.awaitIdle(PATIENCE);
  }

  /**
   * One class loader of a job that is gone may stay, and never two: Java keeps the last type that a
   * record's {@code equals} was linked for (the {@code asTypeCache} of {@code
   * java.lang.runtime.ObjectMethods.OBJECT_EQ}, found in a heap dump), and the type its loader. A
   * leak would hold all five, each with some 2,900 classes and its own library.
   */
  private static void awaitFlat(List<Footprint> rounds, Process process) throws Exception {
    Footprint first = rounds.get(0);
    Footprint last = rounds.get(rounds.size() - 1);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!last.isLike(first)) {
      assertThat(System.nanoTime()).as("%s, and still %s", rounds, last).isLessThan(deadline);
      Thread.sleep(1000);
      last = Footprint.of(process);
    }
  }

  private static void awaitLearning(SlimCluster cluster, String job) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode state = cluster.get("/jobs/" + job);
      assertThat(state.get("state").asText()).isNotEqualTo("FAILED");
      for (JsonNode vertex : state.get("vertices")) {
        if (vertex.get("name").asText().startsWith("Trainer")
            && vertex.at("/metrics/read-records").asLong() > EVENTS / 4) {
          return;
        }
      }
      Thread.sleep(100);
    }
    throw new AssertionError("job " + job + " learns nothing: " + cluster.get("/jobs/" + job));
  }

  private TableResult predictions() {
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
            .formatted(snapshots("small").toUri(), folder.resolve("rows")));
    return sql.executeSql(
        "SELECT * FROM ML_PREDICT(TABLE candidates, MODEL ctr, DESCRIPTOR(`user`, item))");
  }

  /** Checks that a row has the score of its version, which it returns. */
  private String check(Row row) throws IOException {
    String version = row.getFieldAs("version");
    SnapshotReader snapshots =
        new SnapshotReader(new SnapshotStore(new LocalStorage(snapshots("small"))));
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

  private Path config(String name, int parallelism) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        name: %1$s
        kafka: {bootstrap-servers: "%2$s"}
        features: [{name: user, kind: categorical}, {name: item, kind: categorical}]
        join: {window: 1 min, out-of-orderness: 5 s, idleness: 1 h}
        snapshot: {root: "%3$s"}
        checkpoint: {interval: 1 s, dir: "%4$s"}
        parallelism: %5$s
        """
            .formatted(
                name,
                kafka.bootstrapServers(),
                snapshots(name).toUri(),
                folder.resolve("checkpoints-" + name).toUri(),
                parallelism));
  }

  private Path snapshots(String learner) {
    return folder.resolve("snapshots-" + learner);
  }
}
