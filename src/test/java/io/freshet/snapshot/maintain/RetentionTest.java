package io.freshet.snapshot.maintain;

import static io.freshet.snapshot.store.TinyModel.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.snapshot.GateSettings;
import io.freshet.snapshot.RetentionSettings;
import io.freshet.snapshot.format.FormatJson;
import io.freshet.snapshot.format.Manifest;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.FaultyStorage;
import io.freshet.snapshot.storage.FaultyStorage.When;
import io.freshet.snapshot.storage.WritableStorage;
import io.freshet.snapshot.store.Deletion;
import io.freshet.snapshot.store.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final RetentionSettings ONE_FULL =
      new RetentionSettings(1, Duration.ofMinutes(30), Duration.ofDays(2));

  @TempDir Path root;
  @TempDir Path scratch;
  private SampleChain chain;
  private final List<Version> versions = new ArrayList<>();

  @BeforeEach
  void open() {
    chain = new SampleChain(root);
  }

  /** Publishes a version every ten minutes. */
  private void publish(int upTo) throws Exception {
    for (int i = versions.size() + 1; i <= upTo; i++) {
      chain.at(START.plus(Duration.ofMinutes(10L * i)));
      versions.add(chain.publish(i, rows(i, i, i + 1)));
    }
  }

  private Version version(int number) {
    return versions.get(number - 1);
  }

  private void merge(int number) throws IOException {
    assertThat(new Compaction(chain.storage, scratch, chain::now).merge(version(number)))
        .isPresent();
  }

  private List<Manifest> prune(RetentionSettings settings) throws IOException {
    return new GarbageCollection(chain.storage, settings, "test", chain::now).run();
  }

  private void waitFor(Duration time) {
    chain.at(chain.now().plus(time));
  }

  @Test
  void aChainWithoutAMergedFullIsKeptWhole() throws Exception {
    publish(10);
    waitFor(Duration.ofDays(30));

    assertThat(prune(ONE_FULL)).isEmpty();
    assertThat(chain.store.versions()).hasSize(10);
  }

  @Test
  void whatIsOlderThanTheFullGoesWhenNobodyCanBeOnIt() throws Exception {
    publish(6);
    merge(6);
    publish(20);

    List<Manifest> deleted = prune(ONE_FULL);

    assertThat(deleted)
        .extracting(Manifest::version)
        .containsExactly(version(5), version(4), version(3), version(2), version(1));
    assertThat(chain.store.versions()).isEqualTo(versions.subList(5, 20));
    assertThat(chain.storage.list("")).doesNotContain(version(1).toString(), "prune.json");
    assertThat(chain.store.manifest(version(6)).kind()).isEqualTo(Manifest.Kind.FULL);
    assertThat(chain.problems()).isEmpty();
    assertThat(chain.reader.load(version(20)).size()).isEqualTo(21);
  }

  @Test
  void aFullMergedWithinTheGracePeriodShortensNoChain() throws Exception {
    publish(20);
    merge(18);

    assertThat(prune(ONE_FULL)).isEmpty();

    waitFor(Duration.ofMinutes(31));
    assertThat(prune(ONE_FULL)).hasSize(17);
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void versionsThatWereCurrentWithinTheGracePeriodStay() throws Exception {
    publish(10);
    merge(10);
    waitFor(Duration.ofHours(2));
    versions.add(chain.publish(11, rows(11, 11)));
    versions.add(chain.publish(12, rows(12, 12)));
    versions.add(chain.publish(13, rows(13, 13)));

    prune(ONE_FULL);

    assertThat(chain.store.versions())
        .isEqualTo(versions.subList(9, 13)); // 10 was current until now
  }

  @Test
  void theNewestFullsAreKeptToGoBackTo() throws Exception {
    for (int number = 4; number <= 20; number += 4) {
      publish(number);
      merge(number);
    }
    waitFor(Duration.ofDays(1));

    prune(new RetentionSettings(3, Duration.ofMinutes(30), Duration.ofDays(2)));

    assertThat(chain.store.versions())
        .containsExactly(
            version(12), version(16), version(17), version(18), version(19), version(20));
    for (int number : new int[] {12, 16, 20}) {
      assertThat(chain.reader.verify(version(number)).problems()).isEmpty();
    }
  }

  @Test
  void thePinnedVersionAndItsChainStay() throws Exception {
    publish(3);
    merge(3);
    publish(5);
    new Pointer(chain.storage, chain::now).pin(version(5), "frozen", false);
    publish(20);
    merge(18);
    waitFor(Duration.ofDays(1));

    prune(ONE_FULL);

    assertThat(chain.store.versions())
        .containsExactly(version(3), version(4), version(5), version(18), version(19), version(20));
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void aVersionThatAPersonLeftStaysForTheGracePeriod() throws Exception {
    publish(3);
    merge(3);
    publish(20);
    merge(18);
    waitFor(Duration.ofDays(1));
    Pointer pointer = new Pointer(chain.storage, chain::now);
    pointer.pin(version(3), "frozen", false);
    waitFor(Duration.ofDays(1));
    pointer.unpin("thawed");

    prune(ONE_FULL);
    assertThat(chain.store.versions()).contains(version(3));

    waitFor(Duration.ofMinutes(31));
    prune(ONE_FULL);
    assertThat(chain.store.versions()).doesNotContain(version(3));
  }

  @Test
  void theEndOfAnotherLineageStaysForTheJobsThatStartFromIt() throws Exception {
    publish(6);
    chain.branch(version(2), "0badbeef");
    waitFor(Duration.ofMinutes(10));
    Version branched = chain.publish(3, rows(3, 3));
    merge(4);
    assertThat(new Compaction(chain.storage, scratch, chain::now).merge(branched)).isPresent();

    waitFor(Duration.ofDays(1));
    prune(ONE_FULL);
    assertThat(chain.store.versions())
        .containsExactly(branched, version(4), version(5), version(6))
        .doesNotContain(version(2));

    waitFor(Duration.ofDays(2));
    prune(ONE_FULL);
    assertThat(chain.store.versions()).containsExactly(branched);
  }

  @Test
  void anotherDeletionIsNotDisturbed() throws Exception {
    publish(6);
    merge(4);
    waitFor(Duration.ofDays(1));
    chain.storage.replace(
        "prune.json", FormatJson.write(new Deletion("the job", chain.now(), List.of(version(1)))));

    assertThatThrownBy(() -> prune(ONE_FULL)).hasMessageContaining("the job has been deleting");

    waitFor(GarbageCollection.PATIENCE);
    assertThat(prune(ONE_FULL)).isNotEmpty();
  }

  @Test
  void nothingGoesWhileAManifestCannotBeRead() throws Exception {
    publish(6);
    merge(6);
    waitFor(Duration.ofDays(1));
    chain.storage.replace(version(4) + "/manifest.json", "{}".getBytes("UTF-8"));

    assertThatThrownBy(() -> prune(ONE_FULL)).hasMessageContaining(version(4).toString());
    assertThat(chain.store.versions()).hasSize(6);
  }

  @Test
  void aPointerIsNotMovedToWhatIsBeingDeleted() throws Exception {
    publish(3);
    chain.storage.replace(
        "prune.json", FormatJson.write(new Deletion("the job", chain.now(), List.of(version(1)))));
    Pointer pointer = new Pointer(chain.storage, chain::now);

    assertThatThrownBy(() -> pointer.pin(version(1), "frozen", false))
        .hasMessageContaining("is being deleted");
    assertThatThrownBy(() -> pointer.rollBack(version(2), "worse", false))
        .hasMessageContaining("or one that it needs");
    assertThat(chain.store.pin()).isEmpty();
    assertThat(chain.store.latest()).contains(version(3));
    assertThat(chain.store.reason()).isEmpty();
  }

  @Test
  void aPointerGoesBackWhenItsVersionIsDeletedUnderIt() throws Exception {
    publish(3);
    WritableStorage deleting =
        new FaultyStorage(chain.storage, -1, When.BEFORE) {
          @Override
          public void replace(String path, byte[] content) throws IOException {
            chain.storage.delete(version(1) + "/manifest.json");
            super.replace(path, content);
          }
        };
    Pointer pointer = new Pointer(deleting, chain::now);

    assertThatThrownBy(() -> pointer.pin(version(2), "frozen", false))
        .hasMessageContaining("needs its parent");
    assertThat(chain.store.pin()).isEmpty();
    assertThat(chain.store.latest()).contains(version(3));
  }

  @Test
  void theLastGoodVersionStaysHoweverManyAreWithheldAfterIt() throws Exception {
    publish(6);
    merge(3);
    chain
        .gate(new GateSettings(true, Double.NaN, 5, 0, 0.5, Double.NaN, Double.NaN, Double.NaN))
        .metric("recent_logloss", 0.9);
    publish(30);
    new Pointer(chain.storage, chain::now).pin(version(2), "frozen", false);
    waitFor(Duration.ofDays(3));
    merge(30);
    waitFor(Duration.ofDays(3));

    prune(ONE_FULL);

    assertThat(new Pointer(chain.storage, chain::now).unpin("thawed")).isEqualTo(version(6));
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void aMachineWhoseClockIsBehindPublishesTheNewestVersions() throws Exception {
    publish(6);
    merge(6);
    chain.at(chain.now().minus(Duration.ofDays(1)));
    versions.add(chain.publish(7, rows(7, 7)));
    versions.add(chain.publish(8, rows(8, 8)));
    merge(8);
    chain.at(START.plus(Duration.ofDays(4)));

    prune(ONE_FULL);

    assertThat(chain.store.versions()).containsExactly(version(8));
    assertThat(new Pointer(chain.storage, chain::now).unpin("newest")).isEqualTo(version(8));
  }

  @Test
  void aFullDiskIsPruned() throws Exception {
    publish(6);
    merge(6);
    publish(20);
    WritableStorage full =
        new FaultyStorage(chain.storage, -1, When.BEFORE) {
          private boolean hasRoom;

          @Override
          public void replace(String path, byte[] content) throws IOException {
            if (!hasRoom) {
              throw new IOException("No space left on device");
            }
            super.replace(path, content);
          }

          @Override
          public void delete(String path) throws IOException {
            hasRoom |= path.endsWith(".safetensors");
            super.delete(path);
          }
        };

    List<Manifest> deleted = new GarbageCollection(full, ONE_FULL, "test", chain::now).run();

    assertThat(deleted).hasSize(5);
    assertThat(chain.store.versions()).isEqualTo(versions.subList(5, 20));
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void aVersionThatAPersonTakesWhileADiskIsFullComesBack() throws Exception {
    publish(6);
    merge(6);
    publish(20);
    WritableStorage full =
        new FaultyStorage(chain.storage, -1, When.BEFORE) {
          private boolean hasRoom;

          @Override
          public void replace(String path, byte[] content) throws IOException {
            if (!hasRoom) {
              throw new IOException("No space left on device");
            }
            super.replace(path, content);
          }

          @Override
          public void delete(String path) throws IOException {
            new Pointer(chain.storage, chain::now).pin(version(5), "frozen", false);
            hasRoom = true;
            super.delete(path);
          }
        };

    assertThatThrownBy(() -> new GarbageCollection(full, ONE_FULL, "test", chain::now).run())
        .hasMessageContaining("No space left");
    assertThat(chain.store.versions()).isEqualTo(versions);
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void aDeletionThatTakesLongStaysAlive() throws Exception {
    publish(6);
    merge(6);
    publish(20);
    List<String> others = new ArrayList<>();
    WritableStorage slow =
        new FaultyStorage(chain.storage, -1, When.BEFORE) {
          @Override
          public void delete(String path) throws IOException {
            waitFor(GarbageCollection.PATIENCE.dividedBy(8));
            try {
              new GarbageCollection(chain.storage, ONE_FULL, "other", chain::now).run();
            } catch (IOException e) {
              others.add(e.getMessage());
            }
            super.delete(path);
          }
        };

    assertThat(new GarbageCollection(slow, ONE_FULL, "test", chain::now).run()).hasSize(5);

    assertThat(others)
        .hasSizeGreaterThan(10)
        .allMatch(message -> message.startsWith("test has been deleting versions since"));
  }

  @Test
  void oldFilesThatNoManifestNamesGo() throws Exception {
    publish(3);
    Path merged = orphan(version(2) + "/full-0badcafe-00000.safetensors");
    Path unpublished = orphan(new Version(SampleChain.LINEAGE, 0) + "/dense.safetensors");
    Path underWay = orphan(new Version(SampleChain.LINEAGE, 4) + "/dense.safetensors");
    Path killed = orphan(new Version("aaaaaaaa", 9) + "/dense.safetensors");
    Path notOurs = orphan("notes/dense.safetensors");
    Path announced = orphan(version(2) + "/announced.json");

    prune(ONE_FULL);
    assertThat(List.of(merged, unpublished)).allSatisfy(file -> assertThat(file).exists());

    Instant later = Instant.now().plus(Orphans.KEPT).plusSeconds(60);
    Files.setLastModifiedTime(underWay.getParent(), FileTime.from(later.minusSeconds(30)));
    chain.at(later);
    prune(ONE_FULL);

    assertThat(merged).doesNotExist();
    assertThat(List.of(unpublished, killed))
        .allSatisfy(file -> assertThat(file.getParent()).doesNotExist());
    assertThat(List.of(underWay, notOurs, announced)).allSatisfy(file -> assertThat(file).exists());
    assertThat(chain.problems()).isEmpty();
  }

  @Test
  void whatAVersionHoldsOfItsAnnouncementStaysWhenItComesToStandAlone() throws Exception {
    publish(6);
    merge(6);
    Path announced = orphan(version(6) + "/announced.json");
    publish(20);

    assertThat(prune(ONE_FULL)).hasSize(5);

    assertThat(announced).exists();
    assertThat(chain.storage.list(version(6).toString())).doesNotContain("full.json").hasSize(4);
  }

  private Path orphan(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "");
  }

  /** Two versions of three files each and their folders go, a full comes to stand alone. */
  @ParameterizedTest(name = "before change {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
  void aDeletionThatDiesLeavesEveryVersionWholeAndIsFinishedLater(int step) throws Exception {
    publish(3);
    merge(3);
    publish(6);
    waitFor(Duration.ofHours(1));
    FaultyStorage mortal = new FaultyStorage(chain.storage, step, When.BEFORE);

    try {
      new GarbageCollection(mortal, ONE_FULL, "test", chain::now).run();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("died");
    }
    assertThat(mortal.died()).isEqualTo(step < 14);

    for (Version version : chain.store.versions()) {
      assertThat(chain.reader.verify(version).problems()).isEmpty();
    }

    prune(ONE_FULL);

    assertThat(chain.store.versions()).isEqualTo(versions.subList(2, 6));
    assertThat(chain.storage.list(""))
        .containsExactlyInAnyOrder(
            ".staging",
            "latest.json",
            version(3).toString(),
            version(4).toString(),
            version(5).toString(),
            version(6).toString());
    assertThat(chain.reader.load(version(6)).size()).isEqualTo(7);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void whateverHappensEveryVersionThatIsThereLoads(long seed) throws Exception {
    Random random = new Random(seed);
    Pointer pointer = new Pointer(chain.storage, chain::now);
    publish(1);
    for (int round = 0; round < 30; round++) {
      List<Version> there = chain.store.versions();
      Version any = there.get(random.nextInt(there.size()));
      switch (random.nextInt(8)) {
        case 0 -> new Compaction(chain.storage, scratch, chain::now).merge(any);
        case 1 -> pointer.pin(any, "pinned", false);
        case 2 -> pointer.unpin("unpinned");
        case 3 -> waitFor(Duration.ofHours(random.nextInt(10)));
        case 4, 5 -> prune(ONE_FULL);
        default -> {
          waitFor(Duration.ofMinutes(10));
          versions.add(chain.publish(versions.size() + 1L, rows(round, round, -round)));
        }
      }
      for (Version version : chain.store.versions()) {
        assertThat(chain.reader.chain(version, Optional.empty())).isNotEmpty();
      }
      assertThat(chain.problems()).isEmpty();
      assertThat(chain.store.versions()).contains(versions.get(versions.size() - 1));
    }
  }
}
