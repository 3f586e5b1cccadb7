package io.freshet.serve.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.CrossField;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.example.Example;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.serve.model.Scorer;
import io.freshet.snapshot.format.Undigested;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The example in Python gives the server's number, from the files alone. */
@Timeout(120)
class PythonExampleTest {
  private static final Path SCRIPT = Path.of("src/examples/score.py").toAbsolutePath();
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new MultiField("genres", 2),
              new NumericField("price", 3, new Transform.Auto()),
              new NumericField("stars", 6, new Transform.Standardize(2, 4)),
              new NumericField("age", 5, new Transform.Buckets(List.of(18.0, 30.0))),
              new CrossField("user-genre", 4, List.of("user", "genres"))),
          "user");
  private static final List<Map<String, ?>> EXAMPLES =
      List.of(
          Map.of(
              "user",
              "u1",
              "genres",
              List.of("drama", "war"),
              "price",
              2.5,
              "age",
              30,
              "stars",
              1e20),
          Map.of("user", "u2", "genres", List.of("war"), "price", -7, "stars", 2),
          Map.of("user", "u3", "age", 12, "price", 300, "stars", -3.25),
          Map.of("user", true, "genres", List.of(3, 2.5)),
          Map.of());

  private static final PublishedGauge GAUGE =
      new PublishedGauge(
          List.of(new NumberScale(1, 1.5, 0.75), new NumberScale(0, -0.5, 1.25)),
          -1.5,
          List.of(
              new Expert(0, 0, 0.125, 0),
              new Expert(0.5, 0, 0.25, -1),
              new Expert(0, 1, 0.625, 2)));

  @TempDir Path root;

  @BeforeAll
  static void needsPython() throws Exception {
    assumeTrue(
        run("-c", "import numpy, safetensors, xxhash").code() == 0,
        "there is no python3 with numpy, safetensors and xxhash here");
  }

  static List<ModelSettings> kinds() {
    return List.of(
        ModelSettings.deepFm(3, List.of(5, 4), 0, 42),
        new ModelSettings(ModelKind.LR, 0, List.of(), 0, 0, 42),
        new ModelSettings(ModelKind.WIDE_DEEP, 3, List.of(4), 0, 0, 42),
        new ModelSettings(ModelKind.DCN, 3, List.of(4), 2, 0, 42));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void filesOfAFullAndDeltasGiveTheServersNumber(ModelSettings settings) throws Exception {
    publish(settings, GAUGE);

    assertAgree(settings.toString(), EXAMPLES);
  }

  static List<PublishedGauge> otherGauges() {
    List<NumberScale> constant = List.of(new NumberScale(0, 3, 0), GAUGE.numbers().get(1));
    return List.of(
        PublishedGauge.NONE, new PublishedGauge(constant, 0.5, List.of(new Expert(0, 1, 1, 0))));
  }

  @ParameterizedTest
  @MethodSource("otherGauges")
  void modelsWithoutAMixtureOrWithoutAGaugeScoreAsWell(PublishedGauge gauge) throws Exception {
    publish(kinds().get(0), gauge);

    assertAgree(gauge.toString(), EXAMPLES);
  }

  @Test
  void unknownIdsOfFieldsThatEarnTheirRowsCountAsZeros() throws Exception {
    publish(kinds().get(0), GAUGE);
    Path manifest = root.resolve("0badcafe-0000000003/manifest.json");
    String before = Undigested.read(manifest);
    Files.writeString(
        manifest, before.replaceFirst("\"start-row\",", "\"start-row\", \"zero_fields\": [1, 6],"));
    assertThat(Undigested.read(manifest)).contains("zero_fields");

    assertAgree("earned rows", List.of(EXAMPLES.get(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"log-odds", "fake-negatives"})
  void correctionsForLabelsAreMade(String correction) throws Exception {
    publish(kinds().get(0), GAUGE);
    Path manifest = root.resolve("0badcafe-0000000003/manifest.json");
    Files.writeString(
        manifest,
        Undigested.read(manifest)
            .replace("\"correction\" : \"none\"", "\"correction\" : \"" + correction + '"')
            .replace("\"sampling_rate\" : 1.0", "\"sampling_rate\" : 0.25"));
    assertThat(Undigested.read(manifest)).contains(correction, "0.25");

    assertAgree(correction, EXAMPLES.subList(0, 2));
  }

  private void assertAgree(String what, List<Map<String, ?>> examples) throws Exception {
    SnapshotStore store = new SnapshotStore(new LocalStorage(root));
    try (SnapshotFollower follower = new SnapshotFollower(store, InstantSource.system())) {
      follower.look();
      try (Scorer scorer = follower.model().orElseThrow().newScorer()) {
        for (Map<String, ?> example : examples) {
          String json = new ObjectMapper().writeValueAsString(example);
          Output output = run(SCRIPT.toString(), root.toString(), json);

          assertThat(output.code()).as(output.text()).isZero();
          assertThat(Double.parseDouble(output.text().strip()))
              .as("%s of %s", example, what)
              .isCloseTo(scorer.score(example), within(1e-6));
        }
      }
    }
  }

  /** A full, a delta that replaces rows and removes some, and one that brings one of them back. */
  private void publish(ModelSettings settings, PublishedGauge gauge) throws IOException {
    SampleChain chain = new SampleChain(root, SCHEMA, settings).gauge(gauge);
    long[] fids = fids();
    Version full = new Version("0badcafe", 1);
    Version delta = new Version("0badcafe", 2);
    float[] dense = floats(DenseShape.of(SCHEMA.size(), settings).size(), new Random(3));
    chain.publish(full, Optional.empty(), rows(fids, settings, 1), new long[0], dense);
    long[] some = Arrays.copyOf(fids, 3);
    long[] gone = Arrays.copyOfRange(fids, 3, 7);
    chain.publish(delta, Optional.of(full), rows(some, settings, 2), gone, dense);
    chain.publish(
        new Version("0badcafe", 3),
        Optional.of(delta),
        rows(Arrays.copyOfRange(fids, 3, 4), settings, 3),
        new long[0],
        dense);
  }

  /** The ids of all but the second example, and half of the numbers' knots, sorted. */
  private static long[] fids() {
    ExampleEncoder encoder = new ExampleEncoder(SCHEMA);
    LongStream knots = LongStream.range(0, 8).map(i -> Fids.knot(i < 4 ? 3 : 6, 2 * (int) i % 8));
    LongStream own =
        EXAMPLES.stream()
            .filter(example -> !"u2".equals(example.get("user")))
            .map(example -> encoder.encode(FeatureValues.of(encoder.names(), example)))
            .flatMapToLong(
                outcome -> Arrays.stream(((DecodeResult.Good<Example>) outcome).value().fids()));
    return LongStream.concat(own, knots).distinct().sorted().toArray();
  }

  private static SortedMap<Long, float[]> rows(long[] fids, ModelSettings settings, int seed) {
    Random random = new Random(seed);
    SortedMap<Long, float[]> rows = new TreeMap<>();
    for (long fid : fids) {
      rows.put(fid, floats(1 + settings.embeddingSize(), random));
    }
    return rows;
  }

  private static float[] floats(int n, Random random) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) random.nextGaussian() / 2;
    }
    return floats;
  }

  /** What a process printed, and how it ended. */
  private record Output(int code, String text) {}

  private static Output run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("python3"));
    command.addAll(List.of(arguments));
    Path text = Files.createTempFile("python", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(text.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return new Output(process.waitFor(), Files.readString(text, UTF_8));
    } catch (IOException e) {
      return new Output(-1, e.getMessage()); // there is no python3
    } finally {
      Files.delete(text);
    }
  }
}
