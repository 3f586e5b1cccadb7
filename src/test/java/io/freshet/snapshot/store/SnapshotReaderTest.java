package io.freshet.snapshot.store;

import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.format.SafetensorsOutput;
import io.freshet.snapshot.format.Tensor;
import io.freshet.snapshot.format.Undigested;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.write.PartFile;
import io.freshet.snapshot.write.PublisherInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotReaderTest {
  private static final Version FULL = new Version("0badcafe", 1);
  private static final Version DELTA = new Version("0badcafe", 2);
  private static final String ROWS_FILE = "embeddings-00000-of-00001.safetensors";

  @TempDir Path root;
  private LocalStorage storage;
  private SnapshotStore store;
  private SnapshotReader reader;

  @BeforeEach
  void open() {
    storage = new LocalStorage(root);
    store = new SnapshotStore(storage);
    reader = new SnapshotReader(store);
  }

  @Test
  void anEmptyRootHasNoVersions() throws Exception {
    assertThat(store.latest()).isEmpty();
    assertThat(store.versions()).isEmpty();
    assertThatThrownBy(() -> store.manifest(FULL))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("there is no version 0badcafe-0000000001 in " + root);
  }

  @Test
  void aModelIsTheNewestRowOfEachId() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<Long, Integer> expected = new TreeMap<>();
    Optional<Version> parent = Optional.empty();
    int rowSeed = 0;
    for (int checkpoint = 1; checkpoint <= 6; checkpoint++) {
      List<PublisherInput.Part> parts = new ArrayList<>();
      for (int part = random.nextInt(4); part >= 0; part--) {
        long[] fids = random.longs(1 + random.nextInt(300), -200, 200).distinct().toArray();
        RowBlock block = rows(++rowSeed, fids);
        parts.add(TinyModel.part(storage, rows(++rowSeed, fids[0]), block));
        for (long fid : fids) {
          expected.put(fid, rowSeed - 1);
        }
      }
      Version version = new Version("0badcafe", checkpoint);
      publish(version, parent, parts);
      parent = Optional.of(version);
    }

    Snapshot model = reader.load(parent.get());

    assertThat(reader.verify(parent.get()).problems()).as("seed %d", seed).isEmpty();
    assertThat(model.fids())
        .as("seed %d", seed)
        .isEqualTo(expected.keySet().stream().mapToLong(Long::longValue).toArray());
    expected.forEach(
        (fid, value) ->
            assertThat(TinyModel.row(model, fid))
                .as("seed %d, fid %d", seed, fid)
                .containsExactly(value, value + 1, value + 2));
    assertThat(model.totalUpdates())
        .as("seed %d", seed)
        .isEqualTo(expected.values().stream().mapToLong(Integer::longValue).sum());
  }

  @Test
  void anIdWithoutARowIsLeftToTheRuleForUnknownIds() throws Exception {
    publishTwo();
    float[] target = {9, 9, 9};

    boolean found = reader.load(DELTA).read(99, target, 0);

    assertThat(found).isFalse();
    assertThat(target).containsOnly(9);
    assertThat(reader.load(DELTA).updates(99)).isZero();
  }

  @Test
  void aSoundVersionHasNoProblems() throws Exception {
    publishTwo();

    Verification verification = reader.verify(DELTA);

    assertThat(verification.problems()).isEmpty();
    assertThat(verification.isSound()).isTrue();
    assertThat(verification.versions()).containsExactly(DELTA, FULL);
    assertThat(verification.files()).isEqualTo(4);
  }

  @Test
  void everyProblemIsFoundAtOnce() throws Exception {
    publishTwo();
    change(DELTA, "dense.safetensors", bytes -> bytes[bytes.length - 1] ^= 1);
    Files.write(root.resolve(DELTA + "/" + ROWS_FILE), new byte[3]);
    Files.delete(root.resolve(FULL + "/" + ROWS_FILE));

    assertThat(reader.verify(DELTA).problems())
        .hasSize(3)
        .anyMatch(p -> p.startsWith(DELTA + "/dense.safetensors has the sha256"))
        .anyMatch(p -> p.startsWith(DELTA + "/" + ROWS_FILE + " has 3 bytes"))
        .anyMatch(p -> p.startsWith(FULL + "/" + ROWS_FILE + " cannot be read"));
  }

  @Test
  void whatAFileMustNotHoldIsFound() throws Exception {
    long[] fids = {3, 3, 1};
    long[] updates = {1, -1, 1};
    float[] rows = {1, Float.NaN, 1, 1, 1, 1, 1, 1, 1};
    publish(FULL, Optional.empty(), List.of(part(fids, updates, rows, 5, 5, 3)));

    assertThat(reader.verify(FULL).problems())
        .hasSize(6)
        .anyMatch(p -> p.contains("fids[1] is 3, not above 3"))
        .anyMatch(p -> p.contains("removed[1] is 5"))
        .anyMatch(p -> p.contains("both holds and removes"))
        .anyMatch(p -> p.contains("updates[1] is -1"))
        .anyMatch(p -> p.contains("rows holds NaN at element 1"))
        .anyMatch(p -> p.contains("has 3 rows, the manifest says 17"));
  }

  @Test
  void aBrokenChainNamesTheMissingParent() throws Exception {
    publishTwo();
    Files.delete(root.resolve(FULL + "/manifest.json"));

    assertThat(reader.verify(DELTA).problems())
        .singleElement()
        .asString()
        .startsWith("there is no version " + FULL);
    assertThatThrownBy(() -> reader.load(DELTA))
        .hasMessageStartingWith("version " + DELTA + " needs its parent: there is no version");
  }

  @Test
  void aVersionThatIsItsOwnAncestorIsRefused() throws Exception {
    publishTwo();
    Path manifest = root.resolve(FULL + "/manifest.json");
    String delta = "\"kind\" : \"delta\", \"parent\" : \"" + DELTA + "\"";
    Files.writeString(manifest, Undigested.read(manifest).replace("\"kind\" : \"full\"", delta));

    assertThatThrownBy(() -> reader.load(DELTA)).hasMessageContaining("its own ancestor");
    assertThat(reader.verify(DELTA).problems()).hasSize(1);
  }

  @Test
  void memoryIsTakenForNoMoreRowsThanTheFilesCanHold() throws Exception {
    publishTwo();
    Path manifest = root.resolve(FULL + "/manifest.json");
    Files.writeString(
        manifest,
        Undigested.read(manifest)
            .replaceAll("(\"rows\" : )2(,\\s*\"updates\" : 2\\s*\\})", "$12000000000$2"));

    assertThat(store.manifest(FULL).rows()).isEqualTo(2_000_000_000);
    assertThatThrownBy(() -> reader.load(FULL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 2 rows of 3 floats, not 2000000000 of 3");
  }

  @Test
  void aFileNameCannotLeadOutOfTheFolder() throws Exception {
    publishTwo();
    Path manifest = root.resolve(DELTA + "/manifest.json");
    String text = Undigested.read(manifest);
    Files.writeString(manifest, text.replace(ROWS_FILE, "../" + FULL + "/" + ROWS_FILE));

    assertThat(reader.verify(DELTA).problems())
        .singleElement()
        .asString()
        .contains("not a plain file name");
    assertThatThrownBy(() -> reader.load(DELTA)).hasMessageContaining("not a plain file name");
  }

  @Test
  void aPointerThatIsNoneIsAnErrorWithItsPlace() throws Exception {
    Files.writeString(root.resolve("latest.json"), "{\"format\":\"1.0\",\"version\":\"../x\"}");

    assertThatThrownBy(() -> store.latest())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("latest.json in " + root)
        .hasMessageContaining("not the name of a version");
  }

  private void publishTwo() throws Exception {
    publish(FULL, Optional.empty(), List.of(TinyModel.part(storage, rows(1, 10, 20))));
    publish(DELTA, Optional.of(FULL), List.of(TinyModel.part(storage, rows(2, 20, 30))));
  }

  private void publish(Version version, Optional<Version> parent, List<PublisherInput.Part> parts)
      throws IOException {
    new SampleChain(root).publish(version, parent, parts);
  }

  /** A part that says it has 17 rows. */
  private PublisherInput.Part part(long[] fids, long[] updates, float[] rows, long... removed)
      throws IOException {
    String path = PartFile.newPath();
    SafetensorsOutput.Written written =
        SafetensorsOutput.write(
            storage,
            path,
            List.of(
                Tensor.longs("fids", fids.length),
                Tensor.longs("updates", updates.length),
                Tensor.longs("removed", removed.length),
                Tensor.floats("rows", fids.length, TinyModel.WIDTH)),
            file -> {
              file.write(fids, 0, fids.length);
              file.write(updates, 0, updates.length);
              file.write(removed, 0, removed.length);
              file.write(rows, 0, rows.length);
            });
    long sum = Arrays.stream(updates).sum();
    return new PublisherInput.Part(path, written.size(), written.sha256(), 17, sum, 0);
  }

  private interface Change {
    void apply(byte[] bytes);
  }

  private void change(Version version, String file, Change change) throws IOException {
    Path path = root.resolve(version + "/" + file);
    byte[] bytes = Files.readAllBytes(path);
    change.apply(bytes);
    Files.write(path, bytes);
  }
}
