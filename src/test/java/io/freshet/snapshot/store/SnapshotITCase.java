package io.freshet.snapshot.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.LogLines;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.SnapshotSettings;
import io.freshet.snapshot.announce.AnnouncementSink;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SnapshotPublisher;
import io.freshet.snapshot.storage.FaultyStorage;
import io.freshet.snapshot.storage.FaultyStorage.Fault;
import io.freshet.snapshot.storage.FlinkStorage;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.storage.Retry;
import io.freshet.snapshot.storage.StorageFactory;
import io.freshet.snapshot.write.PublisherInput;
import io.freshet.snapshot.write.SnapshotWriter;
import io.freshet.wire.WireType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Writer and publisher in a real job: number n writes the row of n mod 50 with n as its updates, so
 * that the last fifty numbers are the model.
 */
@Timeout(120)
class SnapshotITCase {
  private static final int FIDS = 50;
  private static final AtomicInteger FAILURES_LEFT = new AtomicInteger();

  @TempDir Path folder;
  private SnapshotStore store;
  private SnapshotReader reader;

  @BeforeEach
  void open() {
    store = new SnapshotStore(new LocalStorage(folder.resolve("snapshots")));
    reader = new SnapshotReader(store);
  }

  @Test
  void theEndOfABoundedStreamIsPublished() throws Exception {
    job(1000).execute();

    assertModelOf(1000);
    assertThat(store.versions().size()).isGreaterThan(2);
  }

  @Test
  void aFailureLosesNoRowAndKeepsTheLineage() throws Exception {
    FAILURES_LEFT.set(2);
    job(1500).execute();

    assertThat(FAILURES_LEFT).hasValue(0);
    assertModelOf(1500);
    assertThat(store.versions()).extracting(Version::lineage).containsOnly(lineage());
  }

  @Test
  void aStopWithASavepointPublishesItsCut() throws Exception {
    JobClient client = job(1_000_000).executeAsync();
    while (store.latest().isEmpty()) {
      Thread.sleep(20);
    }
    var result = client.getJobExecutionResult(); // asked for now: the cluster goes with its job
    client
        .stopWithSavepoint(
            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
        .get(60, TimeUnit.SECONDS);
    result.get(60, TimeUnit.SECONDS);

    Version latest = store.latest().orElseThrow();
    assertThat(reader.verify(latest).problems()).isEmpty();
    assertModelOf(store.manifest(latest).offsets().get("numbers-0"));
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = Mode.EXCLUDE, names = "NONE")
  void aStoreThatFailsHoldsTheJobUpAndItGoesOnByItself(Fault fault) throws Exception {
    StreamExecutionEnvironment env = job(2500, FaultyStorage::at);
    env.configure(
        Configuration.fromMap(
            Map.of(RestartStrategyOptions.RESTART_STRATEGY.key(), "none"))); // a failure is the end
    try (LogLines log = LogLines.of(Retry.class)) {
      JobClient client = env.executeAsync();
      while (store.latest().isEmpty()) {
        Thread.sleep(20);
      }
      FaultyStorage.fault = fault;
      Thread.sleep(1500);
      Version before = store.latest().orElseThrow();
      Thread.sleep(300);
      assertThat(store.latest()).contains(before);
      assertThat(client.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
      FaultyStorage.fault = Fault.NONE;
      client.getJobExecutionResult().get();

      if (fault == Fault.HANGING) {
        assertThat(log.lines()).isEmpty(); // the checkpoint that hangs tells
      } else { // the writer or the publisher or both, once each
        assertThat(log.lines()).filteredOn(l -> l.startsWith("WARN")).hasSizeBetween(1, 2);
        assertThat(log.lines()).filteredOn(l -> l.contains("works again")).hasSizeBetween(1, 2);
      }
    } finally {
      FaultyStorage.fault = Fault.NONE;
    }
    assertModelOf(2500);
  }

  /** The model of the numbers up to the last, whose row has the last as its updates. */
  private void assertModelOf(long last) throws IOException {
    Version latest = store.latest().orElseThrow();
    Snapshot model = reader.load(latest);
    assertThat(reader.verify(latest).problems()).isEmpty();
    assertThat(model.size()).isEqualTo((int) Math.min(FIDS, last));
    for (long n = Math.max(1, last - FIDS + 1); n <= last; n++) {
      assertThat(model.updates(n % FIDS)).as("updates of %d", n % FIDS).isEqualTo(n);
    }
  }

  private String lineage() throws IOException {
    return store.latest().orElseThrow().lineage();
  }

  private StreamExecutionEnvironment job(long numbers) {
    return job(numbers, FlinkStorage::at);
  }

  private StreamExecutionEnvironment job(long numbers, StorageFactory storage) {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    env.enableCheckpointing(100);
    SnapshotSettings settings = SnapshotSettings.at(folder.resolve("snapshots").toUri().toString());
    DataStream<Long> slowly = env.fromSequence(1, numbers).map(new Slowly()).returns(Types.LONG);
    DataStream<PublisherInput> parts =
        slowly
            .map(n -> TinyModel.rows(n.intValue(), n % FIDS))
            .returns(WireType.of(RowBlock.class))
            .transform(
                "writer",
                WireType.of(PublisherInput.class),
                SnapshotWriter.ofRows(settings, TinyModel.SETTINGS, 40, storage));
    parts
        .union(
            announce(slowly, n -> new PublisherInput.Dense(TinyModel.dense(n))),
            announce(slowly, n -> new PublisherInput.Gauge(TinyModel.GAUGE)),
            announce(slowly, n -> new PublisherInput.Offset("numbers", 0, n)))
        .transform(
            "publisher",
            TypeInformation.of(Void.class),
            new SnapshotPublisher(settings, TinyModel.TEMPLATE, AnnouncementSink.none(), storage));
    return env;
  }

  private static DataStream<PublisherInput> announce(
      DataStream<Long> numbers, MapFunction<Long, PublisherInput> map) {
    return numbers.map(map).returns(WireType.of(PublisherInput.class));
  }

  /** About a thousand numbers a second; fails now and then while failures are left. */
  private static final class Slowly implements MapFunction<Long, Long> {
    private int seen;

    @Override
    public Long map(Long n) throws Exception {
      Thread.sleep(1);
      if (++seen == 450 && FAILURES_LEFT.get() > 0) {
        FAILURES_LEFT.decrementAndGet();
        throw new IllegalStateException("a failure of the test's own");
      }
      return n;
    }
  }
}
