package io.freshet.serve.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.SampleModel;
import io.freshet.serve.model.ServedModel;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that loads fulls and deltas as fast as it can is killed at random moments: what the
 * store holds afterwards is one of the versions, to the last row.
 */
@Timeout(180)
class StoreKillITCase {
  private static final int KILLS = 4;
  private static final int ROWS = 20_000;
  private static final int PIECE = 500; // rows: a delta takes many
  private static final int MOST_MILLIS = 800; // after the first load, until the kill

  @TempDir Path root;
  @TempDir Path folder;

  @Test
  void aKilledProcessLeavesAWholeVersion() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    publish(random);
    SnapshotReader reader = new SnapshotReader(new SnapshotStore(new LocalStorage(root)));
    Set<Version> found = new HashSet<>();
    for (int kill = 0; kill < KILLS; kill++) {
      runAndKill(random.nextInt(MOST_MILLIS), random.nextInt());
      try (RocksStore store = new RocksStore(folder, 16 << 20)) {
        Optional<ServedModel> held = store.resume();
        if (held.isPresent()) {
          found.add(held.get().version());
          assertIs(reader.load(held.get().version()), held.get(), "seed " + seed);
          held.get().release();
        }
      }
      assertServesAgain(reader, "seed " + seed);
    }
    assertThat(found).as("versions found, seed %d", seed).isNotEmpty();
  }

  /** Whatever was half written: what is served next is the version that it says. */
  private void assertServesAgain(SnapshotReader reader, String what) throws Exception {
    SnapshotStore snapshots = new SnapshotStore(new LocalStorage(root));
    RocksStore store = new RocksStore(folder, 16 << 20);
    try (SnapshotFollower follower =
        new SnapshotFollower(snapshots, store, InstantSource.system())) {
      follower.start(Duration.ofMillis(100));
      follower.first().toCompletableFuture().get(30, TimeUnit.SECONDS);
      ServedModel served = follower.hold().orElseThrow();
      assertIs(reader.load(served.version()), served, what);
      served.release();
    }
  }

  private static void assertIs(Snapshot expected, ServedModel model, String what) {
    float[] row = new float[SampleModel.WIDTH];
    float[] right = new float[SampleModel.WIDTH];
    assertThat(model.size()).as(what).isEqualTo(expected.size());
    for (long fid : expected.fids()) {
      expected.read(fid, right, 0);
      assertThat(model.read(fid, row, 0)).as(what).isTrue();
      assertThat(row).as("%s, id %d", what, fid).isEqualTo(right);
    }
    assertThat(model.dense()).as(what).isEqualTo(expected.denseVector());
  }

  /** Three lineages of a full and four deltas each, that touch and remove many rows. */
  private void publish(Random random) throws IOException {
    SampleModel sample = new SampleModel(root);
    float value = 0;
    for (String lineage : List.of("0000000a", "0000000b", "0000000c")) {
      Version parent = new Version(lineage, 1);
      sample.full(parent, ++value, LongStream.range(0, ROWS).toArray());
      for (int delta = 2; delta <= 5; delta++) {
        Version version = new Version(lineage, delta);
        long from = random.nextInt(ROWS / 2);
        List<Long> touched = LongStream.range(from, from + ROWS / 4).boxed().toList();
        long[] removed = LongStream.range(from + ROWS / 4, from + ROWS / 3).toArray();
        sample.delta(version, parent, ++value, touched, removed);
        parent = version;
      }
    }
  }

  private void runAndKill(int millis, int seed) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "-Xmx256m"));
    command.add(Victim.class.getName());
    command.addAll(List.of(root.toString(), folder.toString(), String.valueOf(seed)));
    Process victim = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    try {
      assertThat(victim.getInputStream().read()).as("it has loaded a first one").isEqualTo('.');
      Thread.sleep(millis);
    } finally {
      victim.destroyForcibly().waitFor();
    }
  }

  /** Follows a pointer that it moves itself, at random. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws Exception {
      Path root = Path.of(arguments[0]);
      SampleModel sample = new SampleModel(root);
      Random random = new Random(Long.parseLong(arguments[2]));
      SnapshotStore snapshots = new SnapshotStore(new LocalStorage(root));
      RocksStore store = new RocksStore(new StoreFolder(Path.of(arguments[1])), 16 << 20, PIECE);
      try (SnapshotFollower follower =
          new SnapshotFollower(snapshots, store, InstantSource.system())) {
        sample.pointTo(new Version("0000000a", 1));
        follower.look();
        System.out.write('.');
        System.out.flush();
        while (true) {
          String lineage = "0000000" + "abc".charAt(random.nextInt(3));
          for (int version = 1 + random.nextInt(2); version <= 5; version++) {
            sample.pointTo(new Version(lineage, version));
            follower.look();
          }
        }
      }
    }
  }
}
