package io.freshet.job.pipeline;

import io.freshet.snapshot.store.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes the golden states of a release: {@code GoldenStates FOLDER} writes, for each kind of state,
 * a folder with the state, the snapshots published up to it, and {@code expected.txt}: the number
 * of examples learned, then the rows of the table. Run it once for a release, and add the folder to
 * {@code src/test/resources/io/freshet/job/pipeline/golden-RELEASE}; folders that are there stay as
 * they are.
 */
final class GoldenStates {
  private GoldenStates() {}

  public static void main(String[] args) throws Exception {
    Path target = Path.of(args[0]);
    make(target.resolve("savepoint-hashmap"), "hashmap", true);
    make(target.resolve("savepoint-rocksdb"), "rocksdb", true);
    make(target.resolve("checkpoint-hashmap"), "hashmap", false);
  }

  private static void make(Path target, String backend, boolean savepoint) throws Exception {
    Path folder = Files.createTempDirectory("golden");
    try (GoldenJob job = new GoldenJob(folder, backend)) {
      job.feed(0, GoldenJob.HALF);
      job.start("");
      job.awaitExamples(GoldenJob.HALF / 2);
      int examples;
      do {
        examples = job.examples();
        Thread.sleep(3_000);
      } while (job.examples() > examples);
      Path state = savepoint ? job.stop() : job.cancel();
      GoldenJob.copy(state, target.resolve("state"));
      GoldenJob.copy(folder.resolve("snapshots"), target.resolve("snapshots"));
      Files.write(target.resolve("expected.txt"), expected(examples, job.latest()));
    }
  }

  private static List<String> expected(int examples, Snapshot snapshot) {
    List<String> lines = new ArrayList<>(List.of(Integer.toString(examples)));
    for (long fid : snapshot.fids()) {
      lines.add(row(snapshot, fid));
    }
    return lines;
  }

  /** A row as text: id, updates and the bits of its weights, in hexadecimal. */
  static String row(Snapshot snapshot, long fid) {
    float[] row = new float[snapshot.width()];
    snapshot.read(fid, row, 0);
    StringBuilder text = new StringBuilder();
    text.append(HexFormat.of().toHexDigits(fid)).append(' ').append(snapshot.updates(fid));
    for (float value : row) {
      text.append(' ').append(Integer.toHexString(Float.floatToRawIntBits(value)));
    }
    return text.toString();
  }

  static Stream<Path> states(Path golden) throws Exception {
    return Files.list(golden).sorted();
  }
}
