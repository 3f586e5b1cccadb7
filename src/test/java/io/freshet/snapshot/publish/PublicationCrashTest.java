package io.freshet.snapshot.publish;

import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.FaultyStorage;
import io.freshet.snapshot.storage.FaultyStorage.When;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.storage.Retry;
import io.freshet.snapshot.storage.Storage;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import io.freshet.snapshot.store.TinyModel;
import io.freshet.snapshot.write.PublisherInput;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills the publisher before, within and after each change it makes to the store, then restores it
 * from the checkpoint's state: at no moment may {@code latest} name a version that does not verify.
 */
@Timeout(20)
class PublicationCrashTest {
  /** Changes of a publication: two parts are copied and go, dense, manifest, latest. */
  private static final int CHANGES = 7;

  private static final double NONE = GateSettings.NONE;

  @TempDir Path root;
  private Gate gate = new Gate(GateSettings.DEFAULT);

  static Stream<Arguments> deaths() {
    return Stream.of(When.values())
        .flatMap(
            when ->
                Stream.iterate(1, step -> step <= CHANGES + 1, step -> step + 1)
                    .map(step -> Arguments.of(when, step)));
  }

  @ParameterizedTest(name = "{0} change {1}")
  @MethodSource("deaths")
  void latestAlwaysVerifies(When when, int step) throws Exception {
    LocalStorage healthy = new LocalStorage(root);
    PublicationQueue chain = new PublicationQueue("0badcafe", "run");
    chain.add(contents(1, TinyModel.part(healthy, rows(1, 10))));
    chain.complete(1);
    publish(chain, healthy);
    chain.add(
        contents(2, TinyModel.part(healthy, rows(2, 20)), TinyModel.part(healthy, rows(3, 20))));
    PublisherState state = throughACheckpoint(chain.state(List.of(), Map.of(), ""));
    chain.complete(2);
    FaultyStorage mortal = new FaultyStorage(healthy, step, when);

    publish(chain, mortal);

    assertThat(mortal.died()).isEqualTo(step <= CHANGES);
    assertThat(verifiedLatest(healthy).checkpoint()).isBetween(1L, 2L);

    publish(new PublicationQueue(state, "run"), healthy);

    Version latest = verifiedLatest(healthy);
    assertThat(latest).isEqualTo(new Version("0badcafe", 2));
    Snapshot model = new SnapshotReader(new SnapshotStore(healthy)).load(latest);
    assertThat(model.fids()).containsExactly(10, 20);
    assertThat(model.updates(20)).isEqualTo(3);
  }

  /**
   * As {@link #latestAlwaysVerifies}, of a version that the gate withholds: nothing points to it.
   */
  @ParameterizedTest(name = "{0} change {1}")
  @MethodSource("deaths")
  void aWithheldVersionNeverBecomesLatest(When when, int step) throws Exception {
    LocalStorage healthy = new LocalStorage(root);
    PublicationQueue chain = new PublicationQueue("0badcafe", "run");
    chain.add(contents(1, TinyModel.part(healthy, rows(1, 10))));
    chain.complete(1);
    publish(chain, healthy);
    gate = new Gate(new GateSettings(true, NONE, 1, 100, NONE, NONE, NONE, NONE));
    chain.add(
        contents(2, TinyModel.part(healthy, rows(2, 20)), TinyModel.part(healthy, rows(3, 20))));
    PublisherState state = throughACheckpoint(chain.state(List.of(), Map.of(), ""));
    chain.complete(2);
    FaultyStorage mortal = new FaultyStorage(healthy, step, when);

    publish(chain, mortal);

    assertThat(mortal.died()).isEqualTo(step < CHANGES); // the pointer's is not made
    assertThat(verifiedLatest(healthy).checkpoint()).isEqualTo(1);

    PublicationQueue restored = new PublicationQueue(state, "run");
    publish(restored, healthy);
    assertThat(verifiedLatest(healthy).checkpoint()).isEqualTo(1);
    SnapshotStore store = new SnapshotStore(healthy);
    assertThat(store.manifest(new Version("0badcafe", 2)).isWithheld()).isTrue();

    gate = new Gate(GateSettings.DEFAULT);
    restored.add(contents(3, TinyModel.part(healthy, rows(4, 30))));
    restored.complete(3);
    publish(restored, healthy);
    Snapshot model = new SnapshotReader(store).load(verifiedLatest(healthy));
    assertThat(model.fids()).containsExactly(10, 20, 30);
  }

  /** As where its first checkpoint is started from by hand: it goes on in a lineage of its own. */
  @Test
  void anotherRunFindsPartsInAVersionThatWasNeverFinished() throws Exception {
    LocalStorage healthy = new LocalStorage(root);
    PublicationQueue chain = new PublicationQueue("0badcafe", "run");
    PublisherInput.Part part = TinyModel.part(healthy, rows(2, 20));
    chain.add(contents(1, part));
    PublisherState state = throughACheckpoint(chain.state(List.of(), Map.of(), ""));
    chain.complete(1);
    publish(chain, new FaultyStorage(healthy, 3, When.BEFORE));
    assertThat(healthy.exists(part.path())).isFalse();
    assertThat(new SnapshotStore(healthy).versions()).isEmpty();

    publish(new PublicationQueue(state, "another run"), healthy);

    Version latest = verifiedLatest(healthy);
    assertThat(latest.lineage()).isNotEqualTo("0badcafe");
    assertThat(new SnapshotReader(new SnapshotStore(healthy)).load(latest).fids())
        .containsExactly(20);
  }

  private static Version verifiedLatest(Storage storage) throws Exception {
    SnapshotStore store = new SnapshotStore(storage);
    Version latest = store.latest().orElseThrow();
    assertThat(new SnapshotReader(store).verify(latest).problems()).isEmpty();
    return latest;
  }

  /** Runs the publisher's thread until it has nothing more to do, or its storage dies. */
  private void publish(PublicationQueue chain, WritableStorage storage) throws Exception {
    AtomicBoolean joined = new AtomicBoolean();
    PublicationThread thread =
        new PublicationThread(
            chain,
            storage,
            new Publication(storage, TinyModel.TEMPLATE, gate, InstantSource.system()),
            new Retry(() -> {}),
            () -> {},
            v -> joined.set(true),
            m -> {});
    thread.start();
    while (isAlive(storage) && (!joined.get() || chain.hasDue())) {
      Thread.sleep(1);
    }
    thread.interrupt();
    thread.join();
  }

  private static boolean isAlive(WritableStorage storage) {
    return !(storage instanceof FaultyStorage mortal && mortal.died());
  }

  private static CheckpointContents contents(long checkpoint, PublisherInput.Part... parts) {
    CheckpointContents.Dense dense =
        new CheckpointContents.Dense(
            TinyModel.dense(checkpoint).values(), checkpoint, TinyModel.GAUGE);
    return new CheckpointContents(
        checkpoint,
        List.of(parts),
        Optional.of(dense),
        Map.of("auc", 0.75),
        Map.of("clicks-1", 7L),
        checkpoint);
  }

  private static PublisherState throughACheckpoint(PublisherState state) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(256);
    PublisherStateCodec codec = new PublisherStateCodec();
    codec.write(state, out);
    return codec.read(new DataInputDeserializer(out.getCopyOfBuffer()), codec.version());
  }
}
