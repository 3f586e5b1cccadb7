package io.freshet.cli.doctor;

import static io.freshet.cli.doctor.Finding.ok;
import static io.freshet.cli.doctor.Finding.problem;
import static io.freshet.cli.doctor.Finding.warning;

import io.freshet.config.CheckpointSettings.Backend;
import io.freshet.config.LearnerConfig;
import io.freshet.model.algebra.LinearAlgebra;
import io.freshet.model.row.RowLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.rocksdb.RocksDB;

/** Checks this machine and its JVM. */
final class MachineCheck {
  private static final Set<Integer> TRIED = Set.of(17, 21); // those that Flink 2.2 supports
  private static final Instant EARLIEST = Instant.parse("2025-01-01T00:00:00Z");

  /**
   * Bytes of a cached row in addition to its floats: its entry in the index, count, time and age.
   */
  private static final int ROW_BYTES = 77;

  /** Memory of the job in one process in addition to the rows that it caches. */
  private static final long BASE_BYTES = 512L << 20;

  private MachineCheck() {}

  static List<Finding> run(Optional<LearnerConfig> config, Instant now) {
    List<Finding> findings = new ArrayList<>();
    findings.add(java(Runtime.version().feature()));
    findings.add(memory(config, Runtime.getRuntime().maxMemory()));
    findings.add(algebra());
    config
        .filter(c -> c.checkpoint().backend() == Backend.ROCKSDB)
        .ifPresent(c -> findings.add(rocksDb()));
    findings.add(clock(now));
    return findings;
  }

  static Finding java(int version) {
    String text = "version " + version;
    return TRIED.contains(version)
        ? ok("java", text)
        : warning("java", text + ", which Flink 2.2 does not support", "run on Java 17 or 21");
  }

  /** The caches fill as rows come, so a heap that is too small shows hours later. */
  static Finding memory(Optional<LearnerConfig> config, long heap) {
    long rows =
        config
            .map(
                c ->
                    (long) c.parallelism()
                        * c.train().cacheRows()
                        * (Float.BYTES * new RowLayout(c.model(), c.train().learning()).width()
                            + ROW_BYTES))
            .orElse(0L);
    String text = String.format(Locale.ROOT, "heap of %,d MB at most", heap >> 20);
    long need = rows + BASE_BYTES;
    if (heap >= need) {
      return ok("memory", text);
    }
    return warning(
        "memory",
        String.format(
            Locale.ROOT, "%s, but full row caches and the job take %,d MB", text, need >> 20),
        "to train in one process give java -Xmx%sm, or lower train.cache-rows"
            .formatted(need >> 20));
  }

  private static Finding algebra() {
    return LinearAlgebra.chosen() == LinearAlgebra.OPENBLAS
        ? ok("linear algebra", "OpenBLAS")
        : warning(
            "linear algebra",
            "plain Java, as OpenBLAS does not load",
            "learning is several times slower: use Linux on x86-64 or arm64 with glibc, or macOS"
                + " on arm64");
  }

  private static Finding rocksDb() {
    try {
      RocksDB.loadLibrary();
      return ok("rocksdb", "its library loads");
    } catch (RuntimeException | LinkageError e) {
      return problem(
          "rocksdb",
          "its library does not load: " + e.getMessage(),
          "make java.io.tmpdir a folder that programs may run from, or set checkpoint.backend to"
              + " hashmap");
    }
  }

  static Finding clock(Instant now) {
    return now.isAfter(EARLIEST)
        ? ok("clock", now.toString())
        : problem("clock", "it says " + now, "set the clock, and keep it by NTP");
  }
}
