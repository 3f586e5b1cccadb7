package io.freshet.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.snapshot.store.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The promise that a savepoint and a checkpoint of an earlier release restore in every later one:
 * the whole job goes on from the states in the test resources, made by {@link GoldenStates}.
 */
@Timeout(240)
final class GoldenStateITCase {
  private static final String FROZEN_CLASS = "io.freshet.wire.WireSerializer$Snapshot";

  @TempDir Path folder;

  static Stream<Path> states() throws Exception {
    Path here = Path.of(GoldenStateITCase.class.getResource("golden-0.1").toURI());
    return GoldenStates.states(here);
  }

  @ParameterizedTest
  @MethodSource("states")
  void theJobGoesOnFromIt(Path golden) throws Exception {
    List<String> expected = Files.readAllLines(golden.resolve("expected.txt"));
    int before = Integer.parseInt(expected.get(0));
    Set<String> rows = new TreeSet<>(expected.subList(1, expected.size()));
    String backend = golden.toString().endsWith("rocksdb") ? "rocksdb" : "hashmap";
    GoldenJob.copy(golden, folder);

    try (GoldenJob job = new GoldenJob(folder, backend)) {
      job.feed(0, GoldenJob.ALL);
      job.feedLater();
      job.start(folder.resolve("state").toUri().toString());
      job.awaitExamples(GoldenJob.ALL - before);
      Path savepoint = job.stop();

      Snapshot after = job.latest();
      assertThat(job.examples()).isEqualTo(GoldenJob.ALL - before);
      assertThat(after.totalOccurrences()).isEqualTo((long) GoldenJob.OCCURRENCES * GoldenJob.ALL);
      Set<String> kept =
          LongStream.of(after.fids())
              .mapToObj(fid -> GoldenStates.row(after, fid))
              .filter(rows::contains)
              .collect(Collectors.toSet());
      assertThat(kept).hasSizeGreaterThanOrEqualTo(5); // the early users come no more
      Set<String> names = StateNames.of(golden.resolve("state"));
      names.removeIf(
          name ->
              name.matches(
                  ".* (recorded-until|settled-(time|parallelism))")); // read, and not written again
      assertThat(StateNames.of(savepoint)).containsAll(names);
      assertThat(StateNames.unions(savepoint)).containsExactlyInAnyOrder("dense-slices", "gauge");
      assertThat(StateNames.classes(savepoint)).containsExactly(FROZEN_CLASS);
    }
  }
}
