package io.freshet.interop.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.serve.follow.PythonPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A small model as FuxiCTR names it, written by Python, with predictions that numpy made of it, and
 * the learner and the mapping that fit. The learner has the fields in another order, and one more.
 *
 * @param folder that holds {@code model.safetensors}, {@code learner.yaml} and {@code mapping.yaml}
 */
public record TorchModel(Path folder, List<Map<String, Object>> features, List<Double> expected) {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> FILES =
      List.of("model.safetensors", "feature_vocab.json", "expected.json");
  private static final Map<String, Map<String, byte[]>> WRITTEN = new HashMap<>();

  private static final String LEARNER =
      """
      name: imported
      kafka: {bootstrap-servers: "localhost:9092"}
      features:
        - {name: user, kind: categorical}
        - {name: price, kind: numeric}
        - {name: hour, kind: categorical}
        - {name: item, kind: categorical}
        - {name: tags, kind: multi}
      model: {kind: %s, embedding-size: 4, hidden-layers: [6, 5]%s}
      snapshot: {root: "%s"}
      checkpoint: {interval: 300 ms, dir: "%s", backend: hashmap}
      predictions: {to: topic, topic: predicted}
      parallelism: 1
      """;

  private static final String FIELD =
      "  - {name: %s, embedding:"
          + " embedding_layer.embedding_layer.embedding_layers.%1$s.weight%s%s}\n";
  private static final String LINEAR =
      ", first-order: fm.lr_layer.embedding_layer.embedding_layer.embedding_layers.%s.weight";

  private static final String DEEPFM =
      """
      bias: fm.lr_layer.bias
      dense:
        deep.0.weight: mlp.mlp.0.weight
        deep.0.bias: mlp.mlp.0.bias
        deep.1.weight: mlp.mlp.2.weight
        deep.1.bias: mlp.mlp.2.bias
        deep.out.weight: mlp.mlp.4.weight
        deep.out.bias: mlp.mlp.4.bias
      base-rate: 0.25
      """;

  private static final String DCN =
      """
      dense:
        deep.0.weight: parallel_dnn.mlp.0.weight
        deep.0.bias: parallel_dnn.mlp.0.bias
        deep.1.weight: parallel_dnn.mlp.3.weight
        deep.1.bias: parallel_dnn.mlp.3.bias
        deep.out.weight: "fc.weight[16:21]"
        cross.0.weight: crossnet.cross_layers.0.weight
        cross.0.bias: crossnet.cross_layers.0.bias
        cross.1.weight: crossnet.cross_layers.1.weight
        cross.1.bias: crossnet.cross_layers.1.bias
        cross.out.weight: "fc.weight[0:16]"
        cross.out.bias: fc.bias
      batch-norms: {deep.0: parallel_dnn.mlp.1, deep.1: parallel_dnn.mlp.4}
      base-rate: 0.2
      """;

  /**
   * Writes the model; the test is skipped where Python cannot.
   *
   * @param kind deepfm, dcn, or projected: a deepfm with shorter rows of items
   * @param writer hand, or library for the package safetensors
   */
  public static TorchModel write(Path folder, String kind, String writer) throws IOException {
    for (Map.Entry<String, byte[]> file : files(kind, writer).entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    boolean isDeepFm = !kind.equals("dcn");
    Files.writeString(folder.resolve("mapping.yaml"), mapping(isDeepFm));
    Files.writeString(
        folder.resolve("learner.yaml"),
        LEARNER.formatted(
            isDeepFm ? "deepfm" : kind,
            isDeepFm ? "" : ", cross-layers: 2",
            folder.resolve("snapshots").toUri(),
            folder.resolve("checkpoints").toUri()));
    TorchModel model = read(folder);
    if (kind.equals("projected")) {
      String item = "{name: item, kind: categorical";
      model.editLearner(item, item + ", embedding-size: 2");
      model.edit("dense:\n", "dense:\n  projection.4.weight: item_projection.weight\n");
    }
    return model;
  }

  /** What Python writes, once in the life of this process. */
  private static synchronized Map<String, byte[]> files(String kind, String writer)
      throws IOException {
    Map<String, byte[]> files = WRITTEN.get(kind + writer);
    if (files == null) {
      files = writtenByPython(kind, writer);
      WRITTEN.put(kind + writer, files);
    }
    return files;
  }

  private static Map<String, byte[]> writtenByPython(String kind, String writer)
      throws IOException {
    if (writer.equals("library")) {
      var probe = PythonPackage.command("-c", "import safetensors.numpy");
      assumeTrue(PythonPackage.run(probe).code() == 0, "Python has no package safetensors here");
    }
    Path folder = Files.createTempDirectory("torch");
    Path script = folder.resolve("write_model.py");
    try (var resource = TorchModel.class.getResourceAsStream("write_model.py")) {
      Files.write(script, resource.readAllBytes());
    }
    var run =
        PythonPackage.run(
            PythonPackage.command(script.toString(), folder.toString(), kind, writer));
    assertThat(run.code()).as(run.text()).isZero();
    Map<String, byte[]> files = new HashMap<>();
    for (String name : FILES) {
      files.put(name, Files.readAllBytes(folder.resolve(name)));
      Files.delete(folder.resolve(name));
    }
    Files.delete(script);
    Files.delete(folder);
    return files;
  }

  private static String mapping(boolean hasFirstOrder) {
    String words = ", vocabulary: feature_vocab.json, missing: __OOV__, skip: [__PAD__]";
    return "fields:\n"
        + field("item", hasFirstOrder, words)
        + field("tags", hasFirstOrder, words)
        + field("hour", hasFirstOrder, ", vocabulary: integers")
        + field("price", hasFirstOrder, ", mean: 20, deviation: 8")
        + (hasFirstOrder ? DEEPFM : DCN);
  }

  private static String field(String name, boolean hasFirstOrder, String rest) {
    return FIELD.formatted(name, hasFirstOrder ? LINEAR.formatted(name) : "", rest);
  }

  private static TorchModel read(Path folder) throws IOException {
    List<Map<String, Object>> features = new ArrayList<>();
    List<Double> expected = new ArrayList<>();
    for (JsonNode example : JSON.readTree(folder.resolve("expected.json").toFile())) {
      Map<String, Object> of = new HashMap<>();
      example
          .get("features")
          .properties()
          .forEach(f -> of.put(f.getKey(), JSON.convertValue(f.getValue(), Object.class)));
      of.put("user", "u" + features.size());
      features.add(of);
      expected.add(example.get("probability").doubleValue());
    }
    return new TorchModel(folder, features, expected);
  }

  public Path learner() {
    return folder.resolve("learner.yaml");
  }

  public Path root() {
    return folder.resolve("snapshots");
  }

  /** Replaces a text of the mapping. */
  void edit(String was, String is) throws IOException {
    edit("mapping.yaml", was, is);
  }

  /** Replaces the layers of the mapping. */
  void editDense(String is) throws IOException {
    Path mapping = folder.resolve("mapping.yaml");
    String text = Files.readString(mapping);
    Files.writeString(mapping, text.replaceFirst("dense:\n(  .*\n)+", is));
  }

  /** Replaces a text of the learner's configuration. */
  void editLearner(String was, String is) throws IOException {
    edit("learner.yaml", was, is);
  }

  private void edit(String file, String was, String is) throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(was);
    Files.writeString(path, text.replace(was, is));
  }
}
