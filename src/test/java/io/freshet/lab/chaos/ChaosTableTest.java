package io.freshet.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.lab.chaos.fault.Fault.Kind;
import io.freshet.lab.chaos.fault.Fault.Moment;
import io.freshet.lab.chaos.fault.InjectedFault;
import io.freshet.lab.chaos.fault.Recovery;
import io.freshet.lab.chaos.fault.Recovery.Outage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

final class ChaosTableTest {
  private static final SortedMap<String, String> SETTINGS =
      new TreeMap<>(Map.of("heartbeat.interval", "2 s", "checkpoint.interval", "3 s"));
  private static final List<ChaosOutcome> RUNS =
      List.of(
          new ChaosOutcome(
              1,
              "rocksdb",
              1_000,
              12,
              SETTINGS,
              List.of(
                  InjectedFault.at(Kind.KILL_TASK_MANAGER, Moment.DRAIN),
                  new InjectedFault(Kind.KILL_JOB_MANAGER, Moment.UNPUBLISHED, Moment.ANY),
                  InjectedFault.at(Kind.RESCALE, Moment.ANY)),
              List.of(recovery(3), recovery(9), recovery(4)),
              findings(900, 0)),
          new ChaosOutcome(
              2,
              "hashmap",
              2_000,
              8,
              SETTINGS,
              List.of(InjectedFault.at(Kind.KILL_TASK_MANAGER, Moment.DRAIN)),
              List.of(),
              findings(1_800, 3)));

  @TempDir Path folder;

  @Test
  void strikesAreCountedByKindAndByTheMomentThatTheyMet() {
    assertThat(new ChaosTable(RUNS).toString())
        .contains("| kill task manager | | | 2 | | | | 2 |\n")
        .contains("| kill job manager | 1 | | | | | | 1 |\n")
        .contains("| rescale | 1 | | | | | | 1 |\n");
  }

  @Test
  void recoveriesAreTheirShortestMedianAndLongest() {
    assertThat(new ChaosTable(RUNS).toString())
        .contains("| task manager, slots to spare | 3 | 3.0 s | 4.0 s | 9.0 s |\n")
        .contains("\nRuled by checkpoint.interval 3 s, heartbeat.interval 2 s.\n")
        .doesNotContain("| job manager |");
  }

  @Test
  void totalsAddUp() {
    assertThat(new ChaosTable(RUNS).toString())
        .contains(
            "2 runs (1 hashmap, 1 rocksdb), 3,000 records, 2,700 examples, 20 checkpoints, 3 kills"
                + " (1 of them waited for a moment that did not come): 3 differences");
  }

  @Test
  void jsonHoldsEachRun() throws IOException {
    Path file = folder.resolve("outcome.json");

    OutcomeJson.write(file, RUNS);

    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json).hasSize(2);
    assertThat(json.at("/0/strikes/1/wanted").asText()).isEqualTo("unpublished");
    assertThat(json.at("/0/strikes/1/met").asText()).isEqualTo("any");
    assertThat(json.at("/0/recoveries/1/seconds").asDouble()).isEqualTo(9);
    assertThat(json.at("/1/differences").asLong()).isEqualTo(3);
    assertThat(json.at("/1/remarks/0").asText()).isEqualTo("feature 7 has 1 updates, not 4");
  }

  @Test
  void seedsAreARange() {
    var converter = new SeedRange.Converter();

    assertThat(converter.convert("3-12")).isEqualTo(new SeedRange(3, 12));
    assertThatThrownBy(() -> converter.convert("12"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("\"12\" is no range of seeds such as 1-30");
    assertThatThrownBy(() -> converter.convert("12-3"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("12 is above 3");
  }

  private static Recovery recovery(int seconds) {
    return new Recovery(Outage.TASK_MANAGER, Duration.ofSeconds(seconds));
  }

  private static Audit.Findings findings(long examples, long differences) {
    return new Audit.Findings(
        examples,
        List.of(new Difference("updates in all", 4, 4 - differences, differences)),
        differences == 0 ? List.of() : List.of("feature 7 has 1 updates, not 4"));
  }
}
