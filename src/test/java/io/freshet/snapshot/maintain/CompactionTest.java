package io.freshet.snapshot.maintain;

import static io.freshet.snapshot.store.TinyModel.removal;
import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.feature.history.ActionHistory;
import io.freshet.model.row.RowBlock;
import io.freshet.snapshot.format.DataFile.HistoryFile;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.history.HistorySink;
import io.freshet.snapshot.history.RandomHistories;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.FaultyStorage;
import io.freshet.snapshot.storage.FaultyStorage.When;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.TinyModel;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompactionTest {
  /** Two files of the merged full, and its manifest. */
  private static final int CHANGES = 3;

  @TempDir Path root;
  @TempDir Path scratch;
  private SampleChain chain;

  @BeforeEach
  void open() {
    chain = new SampleChain(root);
  }

  @Test
  void usageExample() throws Exception {
    chain.publish(1, rows(1, 10, 20, 30));
    Version second = chain.publish(2, removal(rows(2, 20), 30));

    Manifest full = Compaction.of(chain.storage).merge(second).orElseThrow();

    assertThat(full.version()).isEqualTo(second);
    assertThat(full.rows()).isEqualTo(2);
    assertThat(chain.reader.chain(second, Optional.empty())).containsExactly(full);
    assertThat(chain.reader.load(second).fids()).containsExactly(10, 20);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aMergedFullIsTheSameModelAsItsChain(long seed) throws Exception {
    Random random = new Random(seed);
    Version version = chain.publish(1, block(random, false), block(random, false));
    for (int checkpoint = 2; checkpoint < 12; checkpoint++) {
      version = chain.publish(checkpoint, block(random, true), block(random, true));
      if (checkpoint == 6) {
        merge(version, 500, 100); // the second merge begins with what the first made
      }
    }
    Snapshot before = chain.reader.load(version);

    Manifest full = merge(version, random.nextInt(1, 3000), 100);

    Snapshot after = chain.reader.load(version);
    assertThat(full.embeddings()).hasSizeGreaterThan(2);
    assertThat(chain.reader.chain(version, Optional.empty())).containsExactly(full);
    assertThat(after.fids()).isEqualTo(before.fids());
    assertThat(after.totalUpdates()).isEqualTo(before.totalUpdates()).isEqualTo(full.updates());
    assertThat(after.denseVector()).isEqualTo(before.denseVector());
    assertThat(after.gauge()).isEqualTo(before.gauge()).isEqualTo(TinyModel.GAUGE);
    for (long fid : before.fids()) {
      assertThat(TinyModel.row(after, fid)).isEqualTo(TinyModel.row(before, fid));
    }
    assertThat(chain.problems()).isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void aMergedFullHasTheHistoriesOfItsChain(long seed) throws Exception {
    RandomHistories histories = new RandomHistories(root, seed);
    Version version = null;
    for (int checkpoint = 1; checkpoint < 15; checkpoint++) {
      version = histories.publish();
      if (checkpoint == 6) {
        merge(version, 500, 1000); // the second merge begins with what the first made
      }
      if (checkpoint == 3 * seed) {
        histories.changeSequences();
      }
    }

    Manifest full = merge(version, new Random(seed).nextInt(1, 3000), 1000);

    Map<Long, ActionHistory> merged = new TreeMap<>();
    HistorySink sink =
        new HistorySink() {
          @Override
          public void putHistory(long id, ActionHistory actions) {
            assertThat(merged.put(id, actions)).as("of %s twice", id).isNull();
          }

          @Override
          public void removeHistory(long id) {
            throw new IllegalStateException("a full removes " + id);
          }
        };
    for (HistoryFile file : full.histories()) {
      chain.reader.histories(full, file).to(sink);
    }
    assertThat(full.histories()).hasSizeGreaterThan(2);
    assertThat(merged).usingRecursiveComparison().isEqualTo(new TreeMap<>(histories.expected()));
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void followersInTheMiddleOfTheChainGoOnByDeltas() throws Exception {
    Version first = chain.publish(1, rows(1, 10, 20, 30, 40));
    Version second = chain.publish(2, rows(2, 20));
    Version third = chain.publish(3, rows(3, 30));
    merge(second, 1000, 1000);
    Version fourth = chain.publish(4, rows(4, 40));

    assertThat(versions(chain.reader.chain(fourth, Optional.of(first))))
        .containsExactly(second, third, fourth);
    assertThat(versions(chain.reader.chain(fourth, Optional.of(third)))).containsExactly(fourth);
    assertThat(chain.reader.chain(fourth, Optional.of(first)))
        .allMatch(m -> m.kind() == Manifest.Kind.DELTA);
    assertThat(versions(chain.reader.chain(fourth, Optional.empty())))
        .containsExactly(second, third, fourth);
    assertThat(chain.reader.chain(fourth, Optional.empty()).get(0).kind())
        .isEqualTo(Manifest.Kind.FULL);
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void whoHoldsAVersionTooFarBackTakesTheFull() throws Exception {
    Version first = chain.publish(1, rows(1, 10, 20));
    chain.publish(2, rows(2, 10, 20));
    chain.publish(3, rows(3, 10, 20));
    Version fourth = chain.publish(4, rows(4, 10, 20));
    Manifest full = merge(fourth, 1000, 1000);

    assertThat(chain.reader.chain(fourth, Optional.of(first))).containsExactly(full);
  }

  @Test
  void aFullIsLeftAsItIs() throws Exception {
    Version first = chain.publish(1, rows(1, 10));
    Version second = chain.publish(2, rows(2, 10));

    assertThat(Compaction.of(chain.storage).merge(first)).isEmpty();
    assertThat(Compaction.of(chain.storage).merge(second)).isPresent();
    assertThat(Compaction.of(chain.storage).merge(second)).isEmpty();
  }

  @Test
  void aModelWhoseRowsAreAllGoneIsAFullOfNone() throws Exception {
    chain.publish(1, rows(1, 10));
    Version second = chain.publish(2, removal(rows(2), 10));

    merge(second, 1000, 1000);

    assertThat(chain.reader.load(second).size()).isZero();
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void aDamagedFileIsNotMerged() throws Exception {
    Version first = chain.publish(1, rows(1, 10));
    Version second = chain.publish(2, rows(2, 20));
    Path damaged = root.resolve(first + "/embeddings-00000-of-00001.safetensors");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length - 1] ^= 1;
    Files.delete(damaged);
    Files.write(damaged, bytes);

    assertThatThrownBy(() -> Compaction.of(chain.storage).merge(second))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(first + "/embeddings-00000-of-00001.safetensors")
        .hasMessageContaining("sha256");
    assertThat(chain.store.merged(second)).isEmpty();
  }

  @Test
  void aMergeCanBeInterrupted() throws Exception {
    long[] many = new long[10_000];
    Arrays.setAll(many, i -> i);
    chain.publish(1, rows(1, many));
    Version second = chain.publish(2, rows(2, 20));
    Compaction merge =
        new Compaction(new FaultyStorage(chain.storage, -1, When.BEFORE), scratch, chain::now);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> merge.merge(second)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aMergeThatFailsLeavesNoFile() throws Exception {
    chain.publish(1, rows(1, 10, 20));
    Version second = chain.publish(2, rows(2, 20, 30));
    List<String> before = chain.storage.list(second.toString());
    FaultyStorage full =
        new FaultyStorage(chain.storage, -1, When.BEFORE) {
          @Override
          public OutputStream create(String path) throws IOException {
            return path.endsWith("-00001.safetensors")
                ? new FileOutputStream("/dev/full")
                : super.create(path);
          }
        };

    assertThatThrownBy(() -> new Compaction(full, scratch, chain::now, 1000, 60).merge(second))
        .isInstanceOf(IOException.class);

    assertThat(chain.storage.list(second.toString())).isEqualTo(before);
    assertThat(scratch).isEmptyDirectory();
  }

  /** As of a far store, where each would be a request, or several. */
  @Test
  void eachFileOfAStoreIsReadOnceAndNothingStaysOfTheCopies() throws Exception {
    long[] many = new long[500];
    Arrays.setAll(many, i -> i);
    chain.publish(1, rows(1, many), rows(1, 1000, 1001));
    Version second = chain.publish(2, rows(2, many));
    Map<String, Integer> opened = new ConcurrentHashMap<>();
    FaultyStorage far =
        new FaultyStorage(chain.storage, -1, When.BEFORE) {
          @Override
          public InputStream open(String path) throws IOException {
            opened.merge(path, 1, Integer::sum);
            return super.open(path);
          }
        };

    Compaction merge = new Compaction(far, scratch, chain::now, 1000, 1000);
    assertThat(merge.merge(second)).isPresent();

    opened.keySet().removeIf(path -> path.endsWith(".json"));
    assertThat(opened).hasSize(3).allSatisfy((path, times) -> assertThat(times).isOne());
    assertThat(scratch).isEmptyDirectory();
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void aMergeThatWouldFillTheDiskIsNotBegun() throws Exception {
    chain.publish(1, rows(1, 10, 20));
    Version second = chain.publish(2, rows(2, 20, 30));
    FaultyStorage nearlyFull =
        new FaultyStorage(chain.storage, 1, When.BEFORE) {
          @Override
          public OptionalLong free() {
            return OptionalLong.of(2000);
          }
        };

    assertThatThrownBy(() -> new Compaction(nearlyFull, scratch, chain::now).merge(second))
        .hasMessageContaining("found 2000 bytes free in");
  }

  static Stream<Arguments> deaths() {
    return Stream.of(When.values())
        .flatMap(
            when ->
                Stream.iterate(1, step -> step <= CHANGES + 1, step -> step + 1)
                    .map(step -> Arguments.of(when, step)));
  }

  @ParameterizedTest(name = "{0} change {1}")
  @MethodSource("deaths")
  void aMergeThatDiesLeavesTheChainSound(When when, int step) throws Exception {
    chain.publish(1, rows(1, 10, 20));
    Version second = chain.publish(2, rows(2, 20, 30));
    FaultyStorage mortal = new FaultyStorage(chain.storage, step, when);

    try {
      new Compaction(mortal, scratch, chain::now, 1000, 60).merge(second);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("died");
    }

    assertThat(mortal.died()).isEqualTo(step <= CHANGES);
    assertThat(chain.problems()).isEmpty();
    assertThat(chain.reader.load(second).fids()).containsExactly(10, 20, 30);

    Compaction.of(chain.storage).merge(second);

    assertThat(chain.store.merged(second)).isPresent();
    assertThat(chain.problems()).isEmpty();
    assertThat(chain.reader.load(second).fids()).containsExactly(10, 20, 30);
  }

  private Manifest merge(Version version, int readBytes, int writeBytes) throws IOException {
    return new Compaction(chain.storage, scratch, chain::now, readBytes, writeBytes)
        .merge(version)
        .orElseThrow();
  }

  private static List<Version> versions(List<Manifest> chain) {
    return chain.stream().map(Manifest::version).toList();
  }

  private static RowBlock block(Random random, boolean removes) {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      long id = random.nextInt(60) - 30L;
      if (!ids.contains(id)) {
        ids.add(id);
      }
    }
    int gone = removes ? random.nextInt(ids.size()) : 0;
    long[] all = ids.stream().mapToLong(id -> id).toArray();
    return removal(
        rows(random.nextInt(1, 1000), Arrays.copyOfRange(all, gone, all.length)),
        Arrays.copyOf(all, gone));
  }
}
