package io.freshet.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.lab.chaos.fault.ChaosPlan;
import io.freshet.lab.chaos.fault.ChaosSettings;
import io.freshet.lab.chaos.fault.Fault;
import io.freshet.lab.chaos.fault.Fault.Kind;
import io.freshet.lab.chaos.fault.Fault.Moment;
import io.freshet.lab.chaos.fault.InjectedFault;
import io.freshet.lab.cluster.HostNetworkITCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A short run on a real cluster of processes, with RocksDB, and on hosts of their own where this
 * system lets us. Its logs stay.
 */
final class ChaosITCase {
  private static final Path TARGET =
      Path.of(System.getProperty("project.build.directory", "target")).toAbsolutePath();
  private static final long SEED = 20260101;

  @Test
  void nothingIsLostWhenProcessesAreKilled() throws Exception {
    boolean network = HostNetworkITCase.isPossible();
    List<Fault> strikes = new ArrayList<>();
    strikes.addAll(
        List.of(
            strike(2, Kind.ADVANCE_CLOCK, Moment.ANY, 5),
            strike(3, Kind.KILL_TASK_MANAGER, Moment.DRAIN, 0),
            strike(5, Kind.SAVEPOINT, Moment.ANY, 0),
            strike(6, Kind.REFUSE_RESULTS, Moment.CHECKPOINT, 0),
            strike(8, Kind.KILL_JOB_MANAGER, Moment.UNPUBLISHED, 0),
            strike(9, Kind.RESCALE, Moment.ANY, 3),
            strike(12, Kind.KILL_TASK_MANAGER, Moment.BATCH_OPEN, 1)));
    if (network) {
      strikes.add(strike(14, Kind.CUT_TASK_MANAGERS, Moment.ANY, 0));
      strikes.add(strike(15, Kind.MUTE_TASK_MANAGER, Moment.ANY, 1));
    }

    ChaosOutcome outcome =
        new ChaosRun(settings(new ChaosPlan("rocksdb", 2, strikes), network), System.out::println)
            .run();

    System.out.println(outcome.toText() + new ChaosTable(List.of(outcome)));
    assertThat(outcome.isExact()).as("seed %d%n%s", SEED, outcome.toText()).isTrue();
    assertThat(outcome.strikes())
        .extracting(InjectedFault::kind)
        .filteredOn(Kind::endsProcess)
        .containsExactly(Kind.KILL_TASK_MANAGER, Kind.KILL_JOB_MANAGER, Kind.KILL_TASK_MANAGER);
    assertThat(outcome.records()).isGreaterThan(10_000);
  }

  private static Fault strike(int seconds, Kind kind, Moment moment, int target) {
    return new Fault(Duration.ofSeconds(seconds), kind, moment, target, Duration.ofSeconds(1));
  }

  private static ChaosSettings settings(ChaosPlan plan, boolean network) throws IOException {
    Path out = TARGET.resolve("chaos-it");
    delete(out);
    return new ChaosSettings(
        SEED, Duration.ofSeconds(20), 1_000, 2, plan, out, network, Optional.empty(), List.of());
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
