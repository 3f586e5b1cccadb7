package io.freshet.serve.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.follow.FollowerState.Kind;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.Scorer;
import io.freshet.serve.model.ServedModel;
import io.freshet.serve.rows.MemoryStore;
import io.freshet.serve.rows.RowStore;
import io.freshet.snapshot.format.Undigested;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotFollowerTest {
  private static final Version FULL = new Version("0badcafe", 1);
  private static final Version DELTA = new Version("0badcafe", 2);
  private static final Version NEXT = new Version("0badcafe", 3);
  private static final String ROWS_FILE = "embeddings-00000-of-00001.safetensors";

  @TempDir Path root;
  @TempDir Path storeFolder;
  private SampleModel sample;
  private SnapshotFollower follower;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void open() throws Exception {
    sample = new SampleModel(root);
    SnapshotStore store = new SnapshotStore(new LocalStorage(root));
    follower = new SnapshotFollower(store, store(storeFolder), () -> now);
  }

  @AfterEach
  void close() {
    follower.close();
  }

  /** The store of the tests, in a folder where it needs one. */
  RowStore store(Path folder) throws IOException {
    return new MemoryStore();
  }

  @Test
  void anEmptyRootIsWaitedFor() {
    follower.look();

    assertThat(follower.model()).isEmpty();
    assertThat(follower.state().kind()).isEqualTo(Kind.WAITING);
    assertThat(follower.state().problem()).isEmpty();
  }

  @Test
  void theNewestVersionIsServedWithWhatItIsBuiltOn() throws Exception {
    publishThree();
    follower.look();

    assertServes(NEXT, 1, 2, 4);
    assertThat(row(1)).containsOnly(1);
    assertThat(row(2)).containsOnly(2);
    assertThat(row(4)).containsOnly(3);
    assertThat(follower.state())
        .isEqualTo(new FollowerState(Kind.CURRENT, Optional.of(NEXT), Optional.empty(), now));
  }

  @Test
  void deltasAreAppliedOneByOneOrTogetherAndTombstonesRemoveRows() throws Exception {
    sample.full(FULL, 1, 1, 2, 3);
    follower.look();
    assertServes(FULL, 1, 2, 3);

    sample.delta(DELTA, FULL, 2, List.of(2L), 3);
    follower.look();
    assertServes(DELTA, 1, 2);

    sample.delta(NEXT, DELTA, 3, List.of(4L));
    Version last = new Version("0badcafe", 9);
    sample.delta(last, NEXT, 4, List.of(3L), 1);
    follower.look();
    assertServes(last, 2, 3, 4);
    assertThat(row(2)).containsOnly(2);
    assertThat(follower.model().orElseThrow().dense()).containsOnly(4);
  }

  @Test
  void aDeltaNeedsNothingOfWhatIsHeldAlready() throws Exception {
    sample.full(FULL, 1, 1, 2, 3);
    sample.delta(DELTA, FULL, 2, List.of(2L), 3);
    follower.look();
    delete(FULL);
    sample.delta(NEXT, DELTA, 3, List.of(4L));
    follower.look();

    assertServes(NEXT, 1, 2, 4);
  }

  @Test
  void whoeverHoldsAModelKeepsExactlyItsVersion() throws Exception {
    sample.full(FULL, 1, 1, 2, 3);
    follower.look();
    ServedModel held = follower.model().orElseThrow();
    Scorer scorer = held.newScorer();
    float before = scorer.score(SampleModel.FEATURES);
    sample.delta(DELTA, FULL, 2, List.of(2L, 9L), 1);
    follower.look();

    assertServes(DELTA, 2, 3, 9);
    assertThat(held.size()).isEqualTo(3);
    assertThat(held.read(9, new float[SampleModel.WIDTH], 0)).isFalse();
    assertThat(scorer.score(SampleModel.FEATURES)).isEqualTo(before);
    assertThat(follower.model().orElseThrow().newScorer().score(SampleModel.FEATURES))
        .isNotEqualTo(before);
  }

  @Test
  void anotherLineageIsLoadedFromWhereItBranchesOff() throws Exception {
    publishThree();
    follower.look();
    Version branch = new Version("12345678", 3);
    sample.delta(branch, DELTA, 5, List.of(7L));
    follower.look();

    assertServes(branch, 1, 2, 7);
  }

  @Test
  void anotherChainIsLoadedFromItsFull() throws Exception {
    publishThree();
    follower.look();
    Version other = new Version("12345678", 1);
    sample.full(other, 5, 70);
    follower.look();

    assertServes(other, 70);
  }

  @Test
  void aPointerThatGoesBackIsFollowed() throws Exception {
    publishThree();
    follower.look();
    sample.pointTo(DELTA);
    follower.look();
    assertServes(DELTA, 1, 2);

    sample.pointTo(NEXT);
    follower.look();
    assertServes(NEXT, 1, 2, 4);
  }

  /** Each breaks the newest version in its way. */
  enum Damage {
    ROWS_MISSING {
      @Override
      void strike(Path version) throws IOException {
        Files.delete(version.resolve(ROWS_FILE));
      }
    },
    ROWS_CUT_SHORT {
      @Override
      void strike(Path version) throws IOException {
        Path file = version.resolve(ROWS_FILE);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 40));
      }
    },
    A_BIT_OF_THE_ROWS {
      @Override
      void strike(Path version) throws IOException {
        flipLastBit(version.resolve(ROWS_FILE));
      }
    },
    A_BIT_OF_THE_DEEP_PART {
      @Override
      void strike(Path version) throws IOException {
        flipLastBit(version.resolve("dense.safetensors"));
      }
    },
    MANIFEST_MISSING {
      @Override
      void strike(Path version) throws IOException {
        Files.delete(version.resolve("manifest.json"));
      }
    },
    MANIFEST_HALF_WRITTEN {
      @Override
      void strike(Path version) throws IOException {
        Path file = version.resolve("manifest.json");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
      }
    },
    NEWER_MAJOR_FORMAT {
      @Override
      void strike(Path version) throws IOException {
        Path file = version.resolve("manifest.json");
        Files.writeString(
            file, Undigested.read(file).replace("\"format\" : \"1.", "\"format\" : \"2."));
      }
    },
    UNKNOWN_RULE {
      @Override
      void strike(Path version) throws IOException {
        Path file = version.resolve("manifest.json");
        Files.writeString(file, Undigested.read(file).replace("start-row", "guess"));
      }
    },
    POINTER_BROKEN {
      @Override
      void strike(Path version) throws IOException {
        Files.writeString(version.resolveSibling("latest.json"), "{\"format\": \"1.0\", ");
      }
    },
    POINTER_GONE {
      @Override
      void strike(Path version) throws IOException {
        Files.delete(version.resolveSibling("latest.json"));
      }
    };

    abstract void strike(Path version) throws IOException;

    static void flipLastBit(Path file) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length - 1] ^= 1;
      Files.write(file, bytes);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theOldModelIsServedOnThroughAnyDamageAndTheReasonIsTold(Damage damage) throws Exception {
    sample.full(FULL, 1, 1, 2, 3);
    follower.look();
    sample.delta(DELTA, FULL, 2, List.of(2L), 3);
    damage.strike(root.resolve(DELTA.toString()));
    now = now.plusSeconds(60);
    follower.look();

    assertServes(FULL, 1, 2, 3);
    FollowerState state = follower.state();
    assertThat(state.kind()).isEqualTo(Kind.FAILING);
    assertThat(state.problem())
        .get()
        .asString()
        .doesNotContain("\n")
        .containsAnyOf(DELTA.toString(), "latest", "pointer");
    assertThat(state.since()).isEqualTo(now);

    Version repaired = new Version("0badcafe", 5);
    sample.delta(repaired, FULL, 3, List.of(5L));
    now = now.plusSeconds(60);
    follower.look();

    assertServes(repaired, 1, 2, 3, 5);
    assertThat(follower.state().kind()).isEqualTo(Kind.CURRENT);
  }

  @Test
  void aFailureLastsSinceItBegan() throws Exception {
    sample.full(FULL, 1, 1);
    Files.delete(root.resolve(FULL + "/" + ROWS_FILE));
    follower.look();
    Instant began = now;
    now = now.plusSeconds(60);
    follower.look();

    assertThat(follower.model()).isEmpty();
    assertThat(follower.state().since()).isEqualTo(began);
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, 1, 'values that are no numbers in 1 rows, the first that of 1'",
    "Infinity, 1, 'values that are no numbers in 1 rows, the first that of 1'",
    "1, NaN, NaN in the dense part"
  })
  void aNumberThatIsNoneIsNotServed(float rows, float dense, String what) throws Exception {
    sample.full(FULL, rows, dense, List.of(1L));
    follower.look();

    assertThat(follower.model()).isEmpty();
    assertThat(follower.state().problem())
        .get()
        .isEqualTo("version 0badcafe-0000000001 holds " + what);
  }

  @Test
  void aWithheldVersionIsPassedThroughOnTheWayToOneThatPassed() throws Exception {
    sample.full(FULL, 1, 1, 2, 3);
    follower.look();
    sample.delta(DELTA, FULL, Float.NaN, List.of(2L, 3L)); // withheld
    sample.delta(NEXT, DELTA, 3, List.of(2L), 3);
    follower.look();

    assertServes(NEXT, 1, 2);
    assertThat(follower.state().kind()).isEqualTo(Kind.CURRENT);
  }

  @Test
  void aVersionWithARowOfItsParentThatIsNoNumberIsNotServed() throws Exception {
    sample.full(FULL, 1, 1, 2, 3);
    follower.look();
    sample.delta(DELTA, FULL, Float.NaN, List.of(2L));
    sample.delta(NEXT, DELTA, 3, List.of(3L)); // a person points to it all the same
    follower.look();

    assertServes(FULL, 1, 2, 3);
    assertThat(follower.state().problem().orElseThrow()).contains(NEXT.toString(), "no numbers");
  }

  private void publishThree() throws IOException {
    sample.full(FULL, 1, 1, 2, 3);
    sample.delta(DELTA, FULL, 2, List.of(2L), 3);
    sample.delta(NEXT, DELTA, 3, List.of(4L));
  }

  private void assertServes(Version version, long... fids) {
    ServedModel model = follower.model().orElseThrow();
    assertThat(model.version()).isEqualTo(version);
    assertThat(model.size()).isEqualTo(fids.length);
    assertThat(Arrays.stream(fids).allMatch(fid -> row(fid) != null)).isTrue();
  }

  /** The row of a fid, or null. */
  private float[] row(long fid) {
    float[] row = new float[SampleModel.WIDTH];
    return follower.model().orElseThrow().read(fid, row, 0) ? row : null;
  }

  private void delete(Version version) throws IOException {
    Path folder = root.resolve(version.toString());
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
