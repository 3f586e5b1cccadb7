package io.freshet.interop.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabelSettings;
import io.freshet.lab.docs.CommandRun;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.Sizes;
import io.freshet.model.Task;
import io.freshet.model.Tasks;
import io.freshet.model.batch.SharedRows;
import io.freshet.model.row.RowLayout;
import io.freshet.serve.follow.PythonPackage;
import io.freshet.snapshot.store.Snapshot;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ONNX Runtime makes of exported versions, against the scorer. */
final class OnnxExportTest {
  private static final int EXAMPLES = 300;

  /** Of users and what shares their rows, of a vector and of a list along a sequence. */
  private static final Map<Integer, Integer> SHORTER =
      Map.of(1, 3, 9, 3, 11, 3, 12, 3, 14, 3, 17, 3, 15, 3, 19, 3, 13, 1, 18, 2);

  /** Three that follow on one another, and one with a correction. */
  private static final Tasks TASKS =
      new Tasks(
          List.of(
              SampleKinds.TASKS.all().get(0),
              SampleKinds.TASKS.all().get(1),
              new Task(
                  "like",
                  "",
                  "liked",
                  LabelSettings.DEFAULT.withNegatives(0.1, LabelSettings.Sampling.LOG_ODDS)),
              SampleKinds.TASKS.all().get(3)));

  @TempDir private Path root;
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  static Stream<Arguments> versions() {
    return models()
        .flatMap(
            model ->
                Stream.of(
                    Arguments.of(model, true, "none"),
                    Arguments.of(model, false, "log-odds"),
                    Arguments.of(model, true, "fake-negatives")));
  }

  private static Stream<ModelSettings> models() {
    Stream<ModelSettings> plain =
        Stream.of(ModelKind.LR, ModelKind.FM, ModelKind.DEEPFM, ModelKind.WIDE_DEEP, ModelKind.DCN)
            .map(RandomVersion::settings);
    Stream<ModelSettings> others =
        Stream.of(
            dense(ModelKind.DCN, Map.of("stacked", List.of(1))),
            dense(ModelKind.DCN, Map.of("low-rank", List.of(3), "experts", List.of(2))),
            dense(ModelKind.FINALMLP, Map.of("second-layers", List.of(9), "heads", List.of(1))),
            dense(
                ModelKind.FINALMLP,
                Map.of(
                    "second-layers", List.of(4, 8),
                    "heads", List.of(2),
                    "first-gate", List.of(1, 3),
                    "second-gate", List.of(9),
                    "gate-layers", List.of(7))),
            dense(ModelKind.FINALNET, Map.of()),
            dense(ModelKind.FINALNET, Map.of("gated", List.of(1), "second-layers", List.of(6, 4))),
            RandomVersion.settings(ModelKind.FM).withEmbeddingSizes(SHORTER),
            RandomVersion.settings(ModelKind.DEEPFM).withEmbeddingSizes(SHORTER));
    return Stream.concat(plain, others);
  }

  private static ModelSettings dense(ModelKind kind, Map<String, List<Integer>> sizes) {
    return RandomVersion.settings(kind, new Sizes(sizes));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void theModelPredictsWhatTheScorerDoes(ModelSettings settings, boolean mixed, String correction)
      throws Exception {
    RandomVersion version = RandomVersion.publish(root, settings, mixed, correction, random);
    List<Map<String, Object>> features =
        Stream.generate(version::features).limit(EXAMPLES).toList();
    List<Example> examples = version.encode(features);

    float[] sums = run(export(version.snapshot(), false), sums(version.snapshot(), examples));
    float[] ids = run(export(version.snapshot(), true), occurrences(examples));

    float[] scores = version.scores(features);
    assertClose(sums, scores);
    assertClose(ids, scores);
  }

  @Test
  void thePythonPackageGivesWhatTheModelTakes() throws Exception {
    ModelSettings settings = RandomVersion.settings(ModelKind.DEEPFM).withEmbeddingSizes(SHORTER);
    RandomVersion version = RandomVersion.publish(root, settings, true, "none", random);
    List<Map<String, Object>> features = Stream.generate(version::features).limit(50).toList();
    Path instances = root.resolve("instances.json");
    new ObjectMapper().writeValue(instances.toFile(), features);
    String script =
        """
        import freshet, json, sys
        inputs = freshet.load(sys.argv[1]).inputs(json.load(open(sys.argv[2])))
        print(json.dumps({name: tensor.tolist() for name, tensor in inputs.items()}))
        """;

    PythonPackage.Output output =
        PythonPackage.run(
            PythonPackage.command("-c", script, root.toString(), instances.toString()));

    assertThat(output.code()).as(output.text()).isZero();
    JsonNode arrays = new ObjectMapper().readTree(output.text());
    Map<String, Object> inputs = new HashMap<>();
    arrays.properties().forEach(array -> inputs.put(array.getKey(), floats(array.getValue())));
    assertClose(run(export(version.snapshot(), false), inputs), version.scores(features));
  }

  private static Object floats(JsonNode array) {
    ObjectMapper json = new ObjectMapper();
    return array.at("/0/0/0").isNumber()
        ? json.convertValue(array, float[][][].class)
        : array.at("/0/0").isNumber()
            ? json.convertValue(array, float[][].class)
            : json.convertValue(array, float[].class);
  }

  private void assertClose(float[] probabilities, float[] scores) {
    assertThat(probabilities).hasSameSizeAs(scores);
    for (int i = 0; i < scores.length; i++) { // small ones are close for what they are, too
      assertThat(probabilities[i])
          .as("seed %s, example %s", seed, i)
          .isCloseTo(scores[i], within(1e-5f))
          .isCloseTo(scores[i], withinPercentage(0.01));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"log-odds", "fake-negatives"})
  void correctionsAreExactWhereNearlyAllIsPositive(String correction) throws Exception {
    ModelSettings settings = RandomVersion.settings(ModelKind.FM);
    RandomVersion version = RandomVersion.publish(root, settings, true, correction, random);
    Snapshot snapshot = version.snapshot();
    float[] first = new float[100];
    for (int i = 0; i < first.length; i++) {
      first[i] = i / 2f - 25;
    }
    Map<String, Object> inputs = new HashMap<>();
    inputs.put("first_order", first);
    inputs.put("embeddings", new float[first.length][RandomVersion.SCHEMA.size()][4]);
    attending().forEach(name -> putEmpty(inputs, name, first.length, 4));

    float[] probabilities = run(export(snapshot, false), inputs);

    for (int i = 0; i < first.length; i++) {
      double logit = snapshot.gauge().logit(first[i], first[i]);
      float expected = snapshot.manifest().labels().toCorrection(0.01).probability((float) logit);
      assertThat(probabilities[i]).isCloseTo(expected, within(1e-5f));
    }
  }

  @Test
  void theCommandWritesAFile() throws Exception {
    ModelSettings settings = RandomVersion.settings(ModelKind.DEEPFM);
    RandomVersion version = RandomVersion.publish(root, settings, true, "none", random);
    Path file = root.resolve("model.onnx");

    CommandRun run =
        CommandRun.of(
            "snapshot", "export", "--format", "onnx", "--to", file.toString(), root.toString());

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("0badcafe-0000000001 as onnx: " + file);
    assertThat(Files.readAllBytes(file)).isEqualTo(export(version.snapshot(), false));
    assertThat(root.resolve("model.onnx.part")).doesNotExist();
  }

  static Stream<Arguments> versionsOfTasks() {
    return models()
        .filter(model -> model.kind().deep())
        .flatMap(model -> Stream.of(model, SampleKinds.mixingExperts(model, 2, List.of(5, 4))))
        .flatMap(model -> Stream.of(Arguments.of(model, true), Arguments.of(model, false)));
  }

  @ParameterizedTest
  @MethodSource("versionsOfTasks")
  void theModelPredictsEachOfSeveralTasks(ModelSettings settings, boolean mixed) throws Exception {
    RandomVersion version =
        RandomVersion.publish(root, settings.withTasks(TASKS), mixed, "none", random);
    List<Map<String, Object>> features = Stream.generate(version::features).limit(50).toList();
    List<Example> examples = version.encode(features);
    List<String> names = TASKS.names();

    var sums = runAll(export(version.snapshot(), false), sums(version.snapshot(), examples));
    var ids = runAll(export(version.snapshot(), true), occurrences(examples));

    float[][] scores = version.taskScores(features);
    assertThat(sums).containsOnlyKeys(names);
    assertThat(ids).containsOnlyKeys(names);
    for (int task = 0; task < names.size(); task++) {
      assertClose(sums.get(names.get(task)), scores[task]);
      assertClose(ids.get(names.get(task)), scores[task]);
    }
  }

  @Test
  void aTaskWithTheNameOfAnInputIsRefused() throws Exception {
    Task values = new Task("values", "click", "used", LabelSettings.DEFAULT);
    Tasks tasks = new Tasks(List.of(SampleKinds.TASKS.all().get(0), values));
    ModelSettings settings = RandomVersion.settings(ModelKind.DEEPFM).withTasks(tasks);
    RandomVersion version = RandomVersion.publish(root, settings, true, "none", random);

    assertThatThrownBy(() -> export(version.snapshot(), true))
        .hasMessage("the output values would have the name of an input");
  }

  @Test
  void whatIsNotExportedIsRefusedByName() throws Exception {
    ModelSettings settings = RandomVersion.settings(ModelKind.DCN);
    RandomVersion version = RandomVersion.publish(root, settings, true, "none", random);
    Path manifest = root.resolve("0badcafe-0000000001/manifest.json");
    String text = Files.readString(manifest);

    Files.writeString(manifest, text.replace("\"dcn\"", "\"transformer\""));
    assertThatThrownBy(() -> export(version.snapshot(), false))
        .hasMessageContaining("of kind transformer, which is not exported; expected one of [dcn,");
    Files.writeString(
        manifest,
        text.replace("\"dcn\"", "\"deepfm\"").replace("\"cross_layers\":2", "\"cross_layers\":0"));
    assertThatThrownBy(() -> export(version.snapshot(), false))
        .hasMessageContaining("has a part that is not exported, with the tensors [cross.0.weight,");
  }

  private static byte[] export(Snapshot snapshot, boolean tables) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new OnnxExport(snapshot, tables).write(out);
    return out.toByteArray();
  }

  private static float[] run(byte[] model, Map<String, Object> inputs) throws Exception {
    return runAll(model, inputs).get("probability");
  }

  /** What comes out, by name. */
  private static Map<String, float[]> runAll(byte[] model, Map<String, Object> inputs)
      throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try (OrtSession session = environment.createSession(model)) {
      for (String name : session.getInputNames()) {
        tensors.put(name, OnnxTensor.createTensor(environment, inputs.get(name)));
      }
      try (OrtSession.Result result = session.run(tensors)) {
        Map<String, float[]> outputs = new HashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
          outputs.put(output.getKey(), (float[]) output.getValue().getValue());
        }
        return outputs;
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private static Map<String, Object> occurrences(List<Example> examples) {
    int most = examples.stream().mapToInt(Example::occurrences).max().orElseThrow();
    long[][] fids = new long[examples.size()][most];
    float[][] values = new float[examples.size()][most];
    for (int i = 0; i < fids.length; i++) {
      Example example = examples.get(i);
      System.arraycopy(example.fids(), 0, fids[i], 0, example.occurrences());
      System.arraycopy(example.values(), 0, values[i], 0, example.occurrences());
    }
    return Map.of("fids", fids, "values", values);
  }

  private static List<String> attending() {
    return Stream.of(RandomVersion.ATTENDING, RandomVersion.ALONG).flatMap(List::stream).toList();
  }

  private static void putEmpty(Map<String, Object> inputs, String name, int examples, int k) {
    inputs.put(name + ".values", new float[examples][RandomVersion.LENGTH][k]);
    inputs.put(name + ".shares", new float[examples][RandomVersion.LENGTH]); // more are ignored
  }

  private static Map<String, Object> sums(Snapshot snapshot, List<Example> examples) {
    int k = snapshot.width() - 1;
    float[] firstOrder = new float[examples.size()];
    float[][][] embeddings = new float[examples.size()][RandomVersion.SCHEMA.size()][k];
    Map<String, Object> inputs = new HashMap<>();
    inputs.put("first_order", firstOrder);
    if (k > 0) {
      inputs.put("embeddings", embeddings);
      attending().forEach(name -> putEmpty(inputs, name, examples.size(), k));
    }
    for (int i = 0; i < firstOrder.length; i++) {
      Example example = examples.get(i);
      int[] places = new int[RandomVersion.SCHEMA.size()]; // in each sequence
      for (int o = 0; o < example.occurrences(); o++) {
        long fid = example.fids()[o];
        float value = example.values()[o];
        long of = SharedRows.of(RandomVersion.SCHEMA).row(fid);
        float[] row = row(snapshot, of);
        firstOrder[i] += of == fid ? value * row[0] : 0;
        if (k > 0 && fid != Fids.BIAS) {
          int field = RandomVersion.SCHEMA.indexes()[Fids.field(fid)];
          String name = RandomVersion.SCHEMA.fields().get(field).name();
          if (fid != Fids.missing(Fids.field(fid)) && attending().contains(name)) {
            int place = places[field]++;
            ((float[][]) inputs.get(name + ".shares"))[i][place] = value;
            System.arraycopy(row, 1, ((float[][][]) inputs.get(name + ".values"))[i][place], 0, k);
          } else {
            for (int d = 0; d < k; d++) {
              embeddings[i][field][d] += value * row[1 + d];
            }
          }
        }
      }
    }
    return inputs;
  }

  private static float[] row(Snapshot snapshot, long fid) {
    float[] row = new float[snapshot.width()];
    if (!snapshot.read(fid, row, 0) && Fids.field(fid) != 4095) {
      int size = snapshot.manifest().model().embeddingSize(Fids.field(fid));
      RowLayout.startValues(77, size, fid, row, 0);
    }
    return row;
  }
}
