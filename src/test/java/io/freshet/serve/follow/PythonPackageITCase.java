package io.freshet.serve.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.FeatureValues;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.gauge.PublishedGauge.OfTask;
import io.freshet.serve.follow.PythonPackage.Output;
import io.freshet.serve.model.Scorer;
import io.freshet.snapshot.format.Undigested;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.maintain.Compaction;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Pointer;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Python package gives the server's numbers, from the files alone. */
@Timeout(180)
class PythonPackageITCase {
  private static final Path POM = Path.of("pom.xml");
  private static final String STRANGE = "größer \u001f\t\"\\u001f 😀";

  private static final double AGREED = 1e-6;

  /** Where numbers up to 30 are squared and summed in single precision. */
  private static final double ROUNDED = 1e-5;

  private static PythonPackage python;

  @TempDir Path folder;

  @BeforeAll
  static void startPython() throws Exception {
    python = PythonPackage.start();
  }

  @AfterAll
  static void stopPython() throws Exception {
    if (python != null) {
      python.close();
    }
  }

  static List<ModelSettings> kinds() {
    Map<Integer, Integer> ofGenresAndPhotos = Map.of(2, 2, 12, 2, 14, 2, 19, 2, 16, 1);
    return Stream.concat(
            SampleKinds.all(-42).stream(),
            Stream.of(SampleKinds.of(ModelKind.DEEPFM, -42).withEmbeddingSizes(ofGenresAndPhotos)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyKindOfModelGivesTheServersScores(ModelSettings settings) throws Exception {
    RandomSnapshots snapshots = RandomSnapshots.of(root(), settings);
    snapshots.publish();

    assertAgree(snapshots.instances(100));
  }

  static List<ModelSettings> kindsOfTasks() {
    return SampleKinds.ofTasks(-42);
  }

  @ParameterizedTest
  @MethodSource("kindsOfTasks")
  void everyTaskOfSeveralGetsTheServersScores(ModelSettings settings) throws Exception {
    List<Expert> experts = List.of(new Expert(0, 0.5, 0.25, -1), new Expert(0, 1, 0.75, 0.5));
    RandomSnapshots snapshots =
        RandomSnapshots.of(root(), settings)
            .further(
                List.of(
                    new OfTask(-1, experts),
                    new OfTask(0.5, experts),
                    new OfTask(-3, List.of(new Expert(0, 1, 1, 0)))));
    snapshots.publish();
    List<Map<String, Object>> instances = snapshots.instances(40);

    JsonNode tasks = assertAgree(instances).path("tasks");

    try (Followed followed = new Followed(root())) {
      for (int i = 0; i < instances.size(); i++) {
        FeatureValues values = FeatureValues.of(followed.scorer.names(), instances.get(i));
        float[][] expected = followed.scorer.scoreTasks(List.of(followed.scorer.encode(values)));
        for (int task = 0; task < expected.length; task++) {
          String name = SampleKinds.TASKS.names().get(task);
          assertThat(tasks.path(name).get(i).asDouble())
              .as("%s of %s", name, instances.get(i))
              .isCloseTo(expected[task][0], within(ROUNDED));
        }
      }
    }
  }

  static Stream<Path> goldenRoots() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/io/freshet"))) {
      return files
          .filter(file -> file.endsWith("latest.json"))
          .map(file -> file.getParent().toAbsolutePath())
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("goldenRoots")
  void versionsOfEachFormatThatJobsWroteAreRead(Path golden) throws Exception {
    assertAgree(golden, RandomSnapshots.of(root(), ModelKind.DEEPFM).saneInstances(20));
  }

  static List<PublishedGauge> otherGauges() {
    List<NumberScale> numbers =
        List.of(
            new NumberScale(0, 3, 0),
            new NumberScale(1000, 2, 0.5),
            new NumberScale(0, -0.5, 9),
            new NumberScale(0, 1, 2),
            new NumberScale(0, 0, 2),
            new NumberScale(0, 0, 2),
            new NumberScale(0, 0, 2));
    Expert whole = new Expert(0, 1, 1, 0);
    return List.of(PublishedGauge.NONE, new PublishedGauge(numbers, 0.5, List.of(whole)));
  }

  @ParameterizedTest
  @MethodSource("otherGauges")
  void modelsWithoutAMixtureOrWithoutAGaugeScoreAsWell(PublishedGauge gauge) throws Exception {
    RandomSnapshots snapshots = RandomSnapshots.of(root(), ModelKind.DEEPFM).gauge(gauge);
    snapshots.publish();

    assertAgree(root(), snapshots.saneInstances(50), ROUNDED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"start-row\", \"zero_fields\" : [ 1, 6 ]", "\"zero\""})
  void unknownIdsCountByTheRuleOfTheirField(String rule) throws Exception {
    RandomSnapshots snapshots = RandomSnapshots.of(root(), ModelKind.DEEPFM);
    snapshots.publish();
    edit("\"start-row\"", rule);

    assertAgree(snapshots.instances(50));
  }

  @ParameterizedTest
  @ValueSource(strings = {"log-odds", "fake-negatives"})
  void correctionsForLabelsAreMade(String correction) throws Exception {
    RandomSnapshots snapshots = RandomSnapshots.of(root(), ModelKind.DEEPFM);
    snapshots.publish();
    edit("\"correction\" : \"none\"", "\"correction\" : \"" + correction + '"');
    edit("\"sampling_rate\" : 1.0", "\"sampling_rate\" : 0.25");

    assertAgree(snapshots.instances(50));
  }

  @Test
  void thePointerIsFollowedByDeltasAndBackAndWhilePinned() throws Exception {
    RandomSnapshots snapshots = RandomSnapshots.of(root(), ModelKind.DEEPFM);
    Version full = snapshots.publish(1, 0.7);
    List<Map<String, Object>> instances = snapshots.instances(20);
    assertThat(python.follow(root(), instances).path("version").asText())
        .isEqualTo(full.toString());
    Version second = snapshots.publish(2, 0.2);
    assertAgree(instances);
    snapshots.publish(3, 0.1);
    assertAgree(instances);
    Pointer pointer = Pointer.of(new LocalStorage(root()));

    pointer.rollBack(second, STRANGE, true);
    JsonNode back = assertAgree(instances);
    pointer.pin(full, "frozen", true);
    snapshots.publish(4, 0.1);
    JsonNode pinned = assertAgree(instances);

    assertThat(back.path("version").asText()).isEqualTo(second.toString());
    assertThat(back.path("reason").asText()).isEqualTo(STRANGE);
    assertThat(back.path("pinned").asBoolean()).isFalse();
    assertThat(pinned.path("version").asText()).isEqualTo(full.toString());
    assertThat(pinned.path("pinned").asBoolean()).isTrue();
  }

  @Test
  void aMergedVersionIsLoadedFromItsFull() throws Exception {
    RandomSnapshots snapshots = RandomSnapshots.of(root(), ModelKind.DEEPFM);
    Version last = snapshots.publish();
    assertThat(Compaction.of(new LocalStorage(root())).merge(last)).isPresent();
    delete(root().resolve("0badcafe-0000000001"));

    assertAgree(snapshots.instances(20));
  }

  @Test
  void damageIsRefusedByNameAndTheModelBeforeStays() throws Exception {
    RandomSnapshots snapshots = RandomSnapshots.of(root(), ModelKind.DEEPFM);
    Version first = snapshots.publish(1, 0.7);
    assertAgree(snapshots.instances(5));
    Version second = snapshots.publish(2, 0.2);
    for (String name : List.of("manifest.json", "dense.safetensors", "latest.json")) {
      Path file = root().resolve(name.equals("latest.json") ? name : second + "/" + name);
      byte[] bytes = Files.readAllBytes(file);
      byte[] damaged = bytes.clone();
      damaged[bytes.length / 2] ^= 1;
      Files.write(file, damaged);

      JsonNode answer = python.follow(root(), snapshots.instances(5));

      assertThat(answer.path("error").asText()).as(name).contains(file.toString());
      assertThat(answer.path("version").asText()).isEqualTo(first.toString());
      Files.write(file, bytes);
    }
    edit("\"format\" : \"1.3\"", "\"format\" : \"2.0\"");
    assertThat(python.follow(root(), List.of(Map.of())).path("error").asText())
        .endsWith("manifest.json has the format \"2.0\"; 1.x is readable here");
    assertThat(python.follow(folder.resolve("none"), List.of(Map.of())).path("error").asText())
        .endsWith("none has no latest.json: nothing has been published there");
  }

  @Test
  void whatNoFieldHoldsIsRefusedWithTheServersReason() throws Exception {
    RandomSnapshots snapshots = RandomSnapshots.of(root(), ModelKind.DEEPFM);
    snapshots.publish();
    try (Followed followed = new Followed(root())) {
      for (Map<String, Object> features : RandomSnapshots.REFUSED) {
        Throwable refusal = catchThrowable(() -> followed.scorer.score(features));

        assertThat(python.follow(root(), List.of(features)).path("error").asText())
            .isEqualTo("instances[0]." + refusal.getMessage());
      }
    }
  }

  @Test
  void pipInstallsItAndTheExamplesAgree() throws Exception {
    RandomSnapshots.of(root(), ModelKind.DEEPFM).publish();
    Path source = copy(PythonPackage.FOLDER, folder.resolve("source"));
    Path site = folder.resolve("site");
    assumeTrue(PythonPackage.run(PythonPackage.command("-m", "pip", "-V")).code() == 0, "no pip");
    Output installed =
        PythonPackage.run(
            PythonPackage.command(
                "-m", "pip", "install", "--no-deps", "-t", site.toString(), source.toString()));
    assumeFalse(
        installed.text().contains("No matching distribution found for flit_core"),
        "pip reaches no registry with flit_core, which builds the package");
    assertThat(installed.code()).as(installed.text()).isZero();
    ProcessBuilder score =
        PythonPackage.command(
            "src/examples/score.py",
            root().toString(),
            new ObjectMapper().writeValueAsString(Map.of("user", "u1", "price", "2.5")));
    score.environment().put("PYTHONPATH", site.toString());
    Path java = Path.of(System.getProperty("java.home"), "bin/java");
    ProcessBuilder javaScore =
        new ProcessBuilder(
            java.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "src/examples/Score.java",
            root().toString(),
            "user=u1",
            "price=2.5");

    Output inPython = PythonPackage.run(score);
    Output inJava = PythonPackage.run(javaScore);

    assertThat(inPython.code()).as(inPython.text()).isZero();
    assertThat(inJava.code()).as(inJava.text()).isZero();
    String[] lines = inJava.text().strip().split("\n");
    assertThat(Double.parseDouble(inPython.text()))
        .isCloseTo(Double.parseDouble(lines[lines.length - 1]), within(1e-6));
  }

  @Test
  void itsVersionIsTheProjects() throws Exception {
    Matcher project = Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(POM));
    assertThat(project.find()).isTrue();

    assertThat(PythonPackage.FOLDER.resolve("pyproject.toml"))
        .content()
        .contains("version = \"%s\"\n".formatted(project.group(1)));
  }

  @Test
  void itsOwnTestsPass() {
    String tests = PythonPackage.FOLDER.resolve("tests").toString();

    Output output =
        PythonPackage.run(
            PythonPackage.command("-W", "error", "-m", "unittest", "discover", "-s", tests));

    assertThat(output.code()).as(output.text()).isZero();
    assertThat(output.text()).containsPattern("Ran [1-9][0-9]+ tests");
  }

  private Path root() {
    return folder.resolve("root");
  }

  private JsonNode assertAgree(List<Map<String, Object>> instances) throws Exception {
    return assertAgree(root(), instances);
  }

  private JsonNode assertAgree(Path root, List<Map<String, Object>> instances) throws Exception {
    return assertAgree(root, instances, AGREED);
  }

  private JsonNode assertAgree(Path root, List<Map<String, Object>> instances, double within)
      throws Exception {
    JsonNode answer = python.follow(root, instances);

    assertThat(answer.path("error").asText()).isEmpty();
    try (Followed followed = new Followed(root)) {
      assertThat(answer.path("version").asText())
          .isEqualTo(followed.scorer.model().version().toString());
      assertThat(answer.path("rows").asLong()).isEqualTo(followed.scorer.model().size());
      for (int i = 0; i < instances.size(); i++) {
        float expected = followed.scorer.score(instances.get(i));
        for (String way : List.of("scores", "loaded")) {
          assertThat(answer.path(way).get(i).asDouble())
              .as("%s of %s", way, instances.get(i))
              .isCloseTo(expected, within(within));
        }
      }
    }
    return answer;
  }

  /** The current version of a root, as servers have it. */
  private static final class Followed implements AutoCloseable {
    private final SnapshotFollower follower;
    private final Scorer scorer;

    Followed(Path root) {
      follower =
          new SnapshotFollower(new SnapshotStore(new LocalStorage(root)), InstantSource.system());
      follower.look();
      scorer = follower.model().orElseThrow().newScorer();
    }

    @Override
    public void close() {
      scorer.close();
      follower.close();
    }
  }

  /** Changes the newest version's manifest, whose digest goes. */
  private void edit(String before, String after) throws IOException {
    try (Stream<Path> files = Files.list(root())) {
      Path newest = files.filter(Files::isDirectory).max(Path::compareTo).orElseThrow();
      Path manifest = newest.resolve("manifest.json");
      String text = Undigested.read(manifest);
      assertThat(text).contains(before);
      Files.writeString(manifest, text.replace(before, after));
    }
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return to;
  }

  private static void delete(Path version) {
    File[] files = version.toFile().listFiles();
    Arrays.stream(files).forEach(file -> assertThat(file.delete()).isTrue());
    assertThat(version.toFile().delete()).isTrue();
  }
}
