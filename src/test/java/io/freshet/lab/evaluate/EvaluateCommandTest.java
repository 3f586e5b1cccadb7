package io.freshet.lab.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.lab.docs.CommandRun;
import io.freshet.serve.model.SampleModel;
import io.freshet.snapshot.format.Version;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Comparisons of written predictions; snapshots are scored in {@code EvaluationITCase}. */
final class EvaluateCommandTest {
  @TempDir private Path folder;

  @Test
  void theBetterOfTwoLearnersIsNamedWithItsInterval() throws IOException {
    Path a = predictions("a.jsonl", "champion", 0);
    Path b = predictions("b.jsonl.gz", "challenger", 1);

    CommandRun run =
        CommandRun.of("evaluate", "--compare", a.toString(), b.toString(), "--replicates=100");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .startsWith("2,000 examples that both predicted; A: champion, 2,000 predictions,")
        .containsPattern("logloss +0\\.\\d{4} +0\\.\\d{4} +\\+0\\.\\d{4} .*A is better")
        .containsPattern("AUC .*A is better")
        .contains("intervals: 100 blocks");
  }

  @Test
  void jsonHoldsBothAndTheDifference() throws IOException {
    Path a = predictions("a.jsonl", "champion", 1);
    Path b = predictions("b.jsonl", "challenger", 0);

    JsonNode json = json("--compare", a.toString(), b.toString(), "--json", "--replicates=200");

    assertThat(json.at("/pairs").asInt()).isEqualTo(2000);
    assertThat(json.at("/a/model").asText()).isEqualTo("champion");
    JsonNode logloss = json.at("/difference/logloss");
    assertThat(logloss.get("value").asDouble())
        .isCloseTo(
            json.at("/b/figures/logloss/value").asDouble()
                - json.at("/a/figures/logloss/value").asDouble(),
            within(1e-12));
    assertThat(logloss.get("high").asDouble()).isNegative();
  }

  @Test
  void repeatsAfterAFailureCountOnce() throws IOException {
    Path a = predictions("a.jsonl", "champion", 0);
    String text = Files.readString(a);
    Files.writeString(
        a, text + text.lines().limit(7).map(line -> line + "\n").reduce("", String::concat));
    Path b = predictions("b.jsonl", "challenger", 1);

    JsonNode json = json("--compare", a.toString(), b.toString(), "--json", "--replicates=10");

    assertThat(json.at("/a/predictions").asInt()).isEqualTo(2000);
    assertThat(json.at("/a/repeats").asInt()).isEqualTo(7);
  }

  @Test
  void severalModelsInOnePlaceHaveToBeNamed() throws IOException {
    predictions("a.jsonl", "champion", 0);
    predictions("b.jsonl", "challenger", 1);
    String both = folder.toString();

    CommandRun unnamed = CommandRun.of("evaluate", "--compare", both, both);
    JsonNode named =
        json("--compare", "champion@" + both, "challenger@" + both, "--json", "--replicates=10");

    assertThat(unnamed.code()).isEqualTo(1);
    assertThat(unnamed.err()).contains("[challenger, champion]: name one, as challenger@");
    assertThat(named.at("/pairs").asInt()).isEqualTo(2000);
  }

  @Test
  void tasksAreComparedOneByOne() throws IOException {
    Path click = predictions("a.jsonl", "shop", 0);
    Path purchase = predictions("b.jsonl", "shop", 1);
    for (Path file : new Path[] {click, purchase}) {
      String task = file.equals(click) ? "click" : "purchase";
      String text = Files.readString(file);
      Files.writeString(file, text.replace("\"user\"", "\"task\":\"" + task + "\",\"user\""));
    }
    String both = folder.toString();

    CommandRun unnamed = CommandRun.of("evaluate", "--compare", both, both);
    JsonNode named =
        json("--compare", "shop/click@" + both, "shop/click@" + both, "--json", "--replicates=10");

    assertThat(unnamed.code()).isEqualTo(1);
    assertThat(unnamed.err()).contains("[shop/click, shop/purchase]: name one, as shop/click@");
    assertThat(named.at("/pairs").asInt()).isEqualTo(2000);
    assertThat(CommandRun.of("evaluate", "--compare", both, both, "--task=click").err())
        .contains("MODEL/TASK@FROM");
  }

  @Test
  void aTaskOfASnapshotIsScored() throws IOException {
    Path root = folder.resolve("root");
    SampleModel.ofTasks(root).full(new Version("0badcafe", 3), 0.25f, 1L << 52);
    Path data =
        Files.writeString(
            folder.resolve("t.csv"), "user,genres,price,label\nu1,war,2,1\nu1,war,2,0\n");
    String[] asked = {"--snapshot=" + root, "--data=" + data, "--json", "--replicates=10"};

    double click = calibration(json(asked));
    double same = calibration(json("--task=click", asked[0], asked[1], asked[2], asked[3]));
    double purchase = calibration(json("--task=purchase", asked[0], asked[1], asked[2], asked[3]));
    CommandRun unknown = CommandRun.of("evaluate", "--task=like", asked[0], asked[1]);

    assertThat(same).isEqualTo(click);
    assertThat(purchase).isPositive().isLessThan(click / 2);
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("the model has no task \"like\"; expected click, purchase");
  }

  private static double calibration(JsonNode report) {
    return report.findValue("calibration").path("value").asDouble();
  }

  @Test
  void aBadLineIsNamedWithItsFileAndNumber() throws IOException {
    Path a = Files.writeString(folder.resolve("a.jsonl"), "{\"model\": \"x\"}\n");

    CommandRun run = CommandRun.of("evaluate", "--compare", a.toString(), a.toString());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("a.jsonl, line 1: not a prediction: \"impression_id\" is missing");
  }

  @Test
  void optionsThatDoNotFitAreRefused() {
    assertThat(CommandRun.of("evaluate").err()).contains("--snapshot");
    assertThat(CommandRun.of("evaluate", "--snapshot=" + folder).err()).contains("needs --data");
    assertThat(CommandRun.of("evaluate", "--compare", "a", "b", "--data=c").code()).isEqualTo(2);
  }

  private JsonNode json(String... args) throws IOException {
    String[] all = new String[args.length + 1];
    all[0] = "evaluate";
    System.arraycopy(args, 0, all, 1, args.length);
    CommandRun run = CommandRun.of(all);
    assertThat(run.code()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  /** Of a hundred users, whose clicks the predictions know but for the noise. */
  private Path predictions(String name, String model, double noise) throws IOException {
    Random random = new Random(9);
    Random more = new Random(10);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      double logit = random.nextGaussian();
      int label = random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
      double p = 1 / (1 + Math.exp(-logit - noise * more.nextGaussian()));
      lines.append(
          """
          {"model":"%s","impression_id":"i%s","time":%s,"label":%s,"weight":1.0,"prediction":%s,"user":%s,"after_checkpoint":3}
          """
              .formatted(model, i, 1000L * i, label, (float) p, i % 100));
    }
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        OutputStream to = name.endsWith(".gz") ? new GZIPOutputStream(out) : out) {
      to.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }
}
