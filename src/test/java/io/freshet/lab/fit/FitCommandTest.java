package io.freshet.lab.fit;

import static java.lang.Double.parseDouble;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.lab.docs.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
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
      fit: {batch-size: 64, epochs: 12, patience: 6, dropout: 0, embedding-l2: 0, label: clicked, optimizer: {learning-rate: 0.02}}
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
    assertThat(run.err()).contains("800 examples to learn", "seed 4", "mean of 2 seeds");
  }

  @Test
  void theSameSeedGivesTheSameFigures() throws IOException {
    assertThat(fit("--json").out()).isEqualTo(fit("--json").out());
  }

  @Test
  void seedsSideBySideGiveTheFiguresOfOneAfterTheOther() throws IOException {
    String[] alone = {"--json", "--seeds", "3", "--parallel", "1"};
    String[] together = {"--json", "--seeds", "3", "--parallel", "3"};

    assertThat(fit(together).out()).isEqualTo(fit(alone).out());
  }

  @Test
  void theJsonHoldsEachSeedAndTheirMeans() throws IOException {
    JsonNode json = new ObjectMapper().readTree(fit("--json", "--seeds", "2").out());

    JsonNode runs = json.get("runs");
    assertThat(runs).hasSize(2);
    assertThat(runs.get(0).get("seed").asLong()).isEqualTo(3);
    for (String figure : new String[] {"valid_auc", "valid_logloss", "test_auc", "test_logloss"}) {
      double mean = (runs.get(0).get(figure).asDouble() + runs.get(1).get(figure).asDouble()) / 2;
      assertThat(json.get(figure).asDouble()).isCloseTo(mean, within(1e-12));
    }
  }

  @Test
  void theBestPassIsThatOfTheLowestLogloss() throws IOException {
    flipSomeLabels("valid.csv");

    List<Epoch> epochs = epochs(fit("--set", "fit.patience=12").out());

    Epoch best = best(epochs);
    assertThat(epochs).hasSize(12).allMatch(e -> e.logloss >= best.logloss);
  }

  @Test
  void byTheMonitorAucItIsThatOfTheHighestAuc() throws IOException {
    flipSomeLabels("valid.csv");

    List<Epoch> epochs = epochs(fit("--set", "fit.patience=12", "--set", "fit.monitor=auc").out());

    Epoch best = best(epochs);
    assertThat(epochs).hasSize(12).allMatch(e -> e.auc <= best.auc);
  }

  @Test
  void theTestOfASeedIsPrintedWhenItEnds() throws IOException {
    List<String> lines = fit("--seeds", "2", "--parallel", "1").out().lines().toList();

    List<String> tested = lines.stream().filter(line -> line.contains("test AUC")).toList();
    assertThat(tested).hasSize(3); // the two seeds and their mean
    int end = lines.indexOf(tested.get(0));
    assertThat(lines.subList(0, end)).noneMatch(line -> line.startsWith("seed 4"));
    assertThat(lines.get(end + 1)).startsWith("seed 4  epoch   1");
  }

  @Test
  void theLabelMayStandInAColumnOfAnotherName() throws IOException {
    for (String name : new String[] {"train.csv", "valid.csv", "test.csv"}) {
      Path file = folder.resolve(name);
      Files.writeString(file, Files.readString(file).replace("clicked", "bought"));
    }

    assertThat(fit("--label", "bought").code()).isZero();
    assertThat(fit().err()).contains("no column is named clicked; its columns are who");
  }

  @Test
  void valuesTooRareToLearnCountAsMissing() throws IOException {
    String all = fit("--json").out();

    assertThat(fit("--json", "--set", "fit.min-count=2").out()).isEqualTo(all);
    String none = fit("--json", "--set", "fit.min-count=801").out();
    assertThat(new ObjectMapper().readTree(none).get("test_auc").asDouble()).isLessThan(0.6);
  }

  @Test
  void aFileOfOneLabelOnlyIsRefused() throws IOException {
    Files.writeString(folder.resolve("test.csv"), "who,tags,price,clicked\na,b,1,1\na,c,2,1\n");

    CommandRun run = fit();

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("test.csv: all labels are 1; an AUC needs both 0 and 1");
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

    Files.writeString(folder.resolve("valid.csv"), "");
    assertThat(fit().err()).contains("valid.csv is empty");

    Files.writeString(folder.resolve("valid.csv"), "who,tags,price,clicked,who\na,b,1,1,a\n");
    assertThat(fit().err()).contains("valid.csv:1: two columns have one name");
  }

  /** What is sure of itself then pays for it by logloss, but not by AUC. */
  private void flipSomeLabels(String name) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve(name)));
    for (int i = 1; i < lines.size(); i += 5) {
      String line = lines.get(i);
      int label = line.length() - 1;
      lines.set(i, line.substring(0, label) + (line.charAt(label) == '1' ? 0 : 1));
    }
    Files.write(folder.resolve(name), lines);
  }

  private record Epoch(double auc, double logloss, boolean isBest) {}

  private static List<Epoch> epochs(String out) {
    Pattern line = Pattern.compile("epoch .* valid AUC ([.\\d]+), logloss ([.\\d]+) .* s( +best)?");
    return line.matcher(out)
        .results()
        .map(m -> new Epoch(parseDouble(m.group(1)), parseDouble(m.group(2)), m.group(3) != null))
        .toList();
  }

  /** Each pass that is better than all before is the best so far. */
  private static Epoch best(List<Epoch> epochs) {
    return epochs.stream().filter(Epoch::isBest).reduce((before, last) -> last).orElseThrow();
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
      rows.append(
          String.format(Locale.ROOT, cells, user, tag, random.nextDouble() * 9, (user + tag) % 2));
    }
    return rows.toString();
  }
}
