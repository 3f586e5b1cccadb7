package io.freshet.cli.fit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FitCommandTest {
  private static final String CONFIG =
      """
      features:
        - {name: who, kind: categorical}
        - {name: tags, kind: multi}
        - {name: price, kind: numeric, transform: log}
        - {name: who-tags, kind: cross, of: [who, tags]}
      model: {hidden-layers: [8], embedding-size: 4, seed: 3}
      fit: {batch-size: 64, epochs: 12, patience: 6, dropout: 0, label: clicked, optimizer: {learning-rate: 0.02}}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(folder.resolve("fit.yaml"), CONFIG);
    Files.writeString(folder.resolve("train.csv"), rows(800, 1));
    Files.writeString(folder.resolve("valid.csv"), rows(200, 2));
    Files.writeString(folder.resolve("test.csv"), rows(200, 3));
  }

  @Test
  void learnsWhatTheColumnsDecideAndEndsWithOneLineOfJson() throws IOException {
    CommandRun run = fit("--json", "--seeds", "2");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines()).hasSize(1);
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("best_epoch").asInt()).isBetween(1, 12);
    assertThat(json.get("valid_auc").asDouble()).isGreaterThan(0.95);
    assertThat(json.get("test_auc").asDouble()).isGreaterThan(0.95);
    assertThat(json.get("valid_logloss").asDouble()).isLessThan(0.5);
    assertThat(json.get("test_logloss").asDouble()).isLessThan(0.5);
    assertThat(run.err()).contains("800 examples to learn", "seed 4", "mean of 2");
  }

  @Test
  void theSameSeedGivesTheSameFigures() throws IOException {
    assertThat(fit("--json").out()).isEqualTo(fit("--json").out());
  }

  @Test
  void anAbsentColumnIsNamed() throws IOException {
    CommandRun run = fit("--set", "fit.label=bought");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("train.csv:1: no column is named bought; its columns are who, tags, price");
  }

  @Test
  void aBadCellIsToldWithItsLine() throws IOException {
    Files.writeString(folder.resolve("valid.csv"), "who,tags,price,clicked\na,b,1,1\na,b,dear,1\n");
    assertThat(fit().err()).contains("valid.csv:3: price: dear is not a number");

    Files.writeString(folder.resolve("valid.csv"), "who,tags,price,clicked\na,b,1,2\n");
    assertThat(fit().err()).contains("valid.csv:2: clicked: 2 is not from 0 to 1");

    Files.writeString(folder.resolve("valid.csv"), "who,tags,price,clicked\na,b,1\n");
    assertThat(fit().err()).contains("valid.csv:2: 3 values, but there are 4 columns");

    Files.writeString(folder.resolve("valid.csv"), "who,tags,price,clicked\n");
    assertThat(fit().err()).contains("valid.csv has no rows below its header");
  }

  private CommandRun fit(String... more) {
    String[] args = {
      "fit",
      "--config",
      folder.resolve("fit.yaml").toString(),
      "--train",
      folder.resolve("train.csv").toString(),
      "--valid",
      folder.resolve("valid.csv").toString(),
      "--test",
      folder.resolve("test.csv").toString()
    };
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return CommandRun.of(all);
  }

  /** A click depends on whether user and tag fit each other, which no column says alone. */
  private static String rows(int n, long seed) {
    Random random = new Random(seed);
    StringBuilder rows = new StringBuilder("who,tags,price,note,clicked\n");
    for (int i = 0; i < n; i++) {
      int user = random.nextInt(6);
      int tag = random.nextInt(4);
      String cells = "u%d,\"t%d|always\",%.2f,unread,%d\n";
      rows.append(cells.formatted(user, tag, random.nextDouble() * 9, (user + tag) % 2));
    }
    return rows.toString();
  }
}
