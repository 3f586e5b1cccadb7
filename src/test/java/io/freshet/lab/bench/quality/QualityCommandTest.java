package io.freshet.lab.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.lab.docs.CommandRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualityCommandTest {
  private static final Path DATA = Path.of("src/test/resources");

  @Test
  void streamsOfOneKindAndOfNoneAreLearned() {
    CommandRun run =
        CommandRun.of("bench", "quality", "--only=one-,no-click,only-clicks", "--examples=3000");

    assertThat(run.code()).as(run.out() + run.err()).isZero();
    assertThat(run.out().lines().skip(1))
        .hasSize(4)
        .allSatisfy(line -> assertThat(line).endsWith("pass"));
  }

  @Test
  void aFolderThatIsNotThereIsSaid() {
    CommandRun run =
        CommandRun.of("bench", "quality", "--data=" + DATA, "--only=one-example,criteo");

    assertThat(run.err()).contains("criteo-log: skipped, no folder criteo-sample");
    assertThat(run.out().lines()).hasSize(2);
  }

  @Test
  void aBrokenBoundIsFailure() {
    CommandRun run =
        CommandRun.of(
            "bench",
            "quality",
            "--data=" + DATA,
            "--only=movielens",
            "--local",
            "--examples=2000",
            "--json");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).contains("FAIL AUC 0.").contains("< 0.7885");
  }

  /** The short form of the table: categories alone, with a truth to be found. */
  @Test
  void theDefaultsBeatTheBaseRate() throws Exception {
    PlantedData data = new PlantedData();
    data.truth = true;
    data.base = .1;
    data.strength = 2;
    data.categories = 9;
    data.numbers = 0;
    data.examples = 20_000;
    QualityStream stream = new QualityStream("short", data, List.of(), "", List.of(), Map.of());

    QualityFigures learned = stream.learn(QualityStream.LOCAL, List.of(), data.examples);

    assertThat(bounds(1).broken(learned, Map.of())).isEmpty();
    assertThat(learned.examples()).isEqualTo(20_000);
    assertThat(stream.linear(data.examples).rel()).isLessThan(1);
  }

  private static Bounds bounds(double rel) {
    Bounds bounds = new Bounds();
    bounds.rel = rel;
    return bounds;
  }

  @Test
  void overridesReachTheLearner() throws IOException {
    JsonNode slow = json("--set=train.step-size=1", "--set=model.hidden-layers=[]");

    assertThat(slow.get("logloss")).isNotEqualTo(json().get("logloss"));
  }

  private static JsonNode json(String... more) throws IOException {
    String[] args = {"bench", "quality", "--only=one-field", "--examples=1000", "--json"};
    String[] all = new String[args.length + more.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return new ObjectMapper().readTree(CommandRun.of(all).out());
  }

  @Test
  void wrongSettingsAndFoldersAreWrongUsage() {
    CommandRun setting = CommandRun.of("bench", "quality", "--set=train.step-size=-1");
    CommandRun folder = CommandRun.of("bench", "quality", "--data=no-such-folder");

    assertThat(setting.code()).isEqualTo(2);
    assertThat(setting.err()).contains("train.step-size: -1 is not allowed");
    assertThat(folder.code()).isEqualTo(2);
    assertThat(folder.err()).contains("--data no-such-folder is no directory");
  }

  @Test
  void whatPassesIsStored(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("figures.csv");

    CommandRun.of("bench", "quality", "--only=no-click", "--examples=500", "--store=" + file);

    try (InputStream in = Files.newInputStream(file)) {
      assertThat(StoredFigures.read(in).of("no-click")).isPresent();
    }
  }

  @Test
  void everyStreamHasItsOwnName() throws IOException {
    List<QualityStream> streams = StreamFile.read(Optional.of(DATA), name -> true, absent -> {});

    assertThat(streams.stream().map(QualityStream::name)).doesNotHaveDuplicates().hasSize(22);
  }

  @Test
  void aSeedDrawsTheSameStreams() {
    List<QualityStream> streams = new RandomStreams(3, false).draw(40);

    assertThat(new RandomStreams(3, false).draw(40).get(39).settings())
        .isEqualTo(streams.get(39).settings());
    assertThat(streams).allSatisfy(stream -> assertThat(stream.config(List.of())).isNotNull());
  }
}
