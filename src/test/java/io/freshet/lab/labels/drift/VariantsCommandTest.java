package io.freshet.lab.labels.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class VariantsCommandTest {
  private static final String[] SHORT = {
    "--days", "2", "--warm-up", "1", "--last", "1", "--per-second", "0.1", "--replicates", "5"
  };
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void learnersOfOtherSettingsAreHeldAgainstTheDefaults() throws Exception {
    int code =
        run(
            "--json",
            "--variant=train.dense.optimizer={kind: sgd};model.seed=42",
            "--variant=model.kind=lr");

    assertThat(code).as(err.toString()).isZero();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.toString().lines().toList()) {
      lines.add(new ObjectMapper().readTree(line));
    }
    assertThat(lines)
        .extracting(line -> line.get("variant").asText())
        .containsExactly(
            "defaults", "train.dense.optimizer={kind: sgd};model.seed=42", "model.kind=lr");
    assertThat(lines.get(0).get("last_to_defaults").asDouble()).isZero();
    assertThat(lines.get(1).get("last_to_defaults").asDouble()).isNotZero();
    assertThat(lines)
        .extracting(line -> line.get("last_logloss").asDouble())
        .doesNotHaveDuplicates();
    assertThat(lines.get(0).get("logloss")).isEqualTo(lines.get(0).get("last_logloss"));
  }

  @Test
  void aTableHasALineForEach() {
    assertThat(run("--variant=model.l2=0.01")).isZero();

    assertThat(out.toString().lines()).hasSize(3);
    assertThat(out.toString()).contains("last 1 d to defaults", "defaults  ", "model.l2=0.01  ");
  }

  @Test
  void wrongUsageIsRefused() {
    assertThat(run("--last", "5")).isEqualTo(2);
    assertThat(run("--variant=train.no-such-key=1")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--last must be 1 or more", "train.no-such-key: unknown key");
  }

  private int run(String... more) {
    List<String> all = new ArrayList<>(List.of(SHORT));
    all.addAll(List.of(more));
    return new CommandLine(new VariantsCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setOverwrittenOptionsAllowed(true)
        .execute(all.toArray(String[]::new));
  }
}
