package io.freshet.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import inference.GRPCInferenceServiceGrpc;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.ParallelField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.example.Example;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.batch.SharedRows;
import io.freshet.model.dense.DenseShape;
import io.freshet.serve.follow.PythonPackage;
import io.freshet.serve.http.ServedSample;
import io.freshet.serve.limit.ConnectionLimits;
import io.freshet.serve.model.SampleModel;
import io.freshet.snapshot.publish.SampleChain;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Instances have one score, whatever the protocol that they are sent by. */
class AgreementTest {
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          Stream.concat(
                  SampleModel.SCHEMA.fields().stream(),
                  Stream.of(
                      new SequenceField("recent", 5, "genres", 3, Pooling.MEAN),
                      new SequenceField("newest", 6, "user", 5, Pooling.LAST),
                      new SequenceField(
                          "friends",
                          7,
                          "user",
                          4,
                          Pooling.ATTENTION,
                          new Attention("user", 6, false)),
                      new SequenceField(
                          "mood",
                          8,
                          "genres",
                          9,
                          Pooling.ATTENTION,
                          new Attention("genres", 0, true)),
                      new ParallelField("ties", 9, "friends", "", "", false),
                      new ParallelField("since", 10, "friends", "", "", true),
                      new ParallelField("tastes", 11, "friends", "genres", "genres", false),
                      new ParallelField("times", 12, "recent", "", "", true)))
              .toList(),
          "user");
  private static final List<String> FEATURES =
      List.of(
          "user", "genres", "price", "recent", "newest", "friends", "mood", "ties", "since",
          "tastes", "times");
  private static final List<Map<String, ?>> INSTANCES =
      List.of(
          Map.of(
              "user",
              "u1",
              "genres",
              List.of("drama", "war"),
              "price",
              2.5,
              "friends",
              List.of("u1", "ü2", "nobody"),
              "ties",
              List.of("close", "close", "far"),
              "since",
              List.of(0.5, 86400, -3),
              "mood",
              List.of("war", "x", "drama")),
          Map.of(
              "user",
              "ü2",
              "genres",
              List.of("x"),
              "price",
              -7,
              "recent",
              List.of("x", "drama", "x", "behind"),
              "times",
              List.of(1, 2, 4, 8),
              "newest",
              List.of("u3", "ü2"),
              "mood",
              List.of()),
          Map.of(
              "genres",
              List.of(),
              "price",
              300,
              "friends",
              List.of("ü2", "u3"),
              "tastes",
              List.of("drama", "y"),
              "since",
              List.of(7, 86401),
              "recent",
              "x"),
          Map.of(
              "user",
              "",
              "genres",
              List.of("", "drama"),
              "friends",
              List.of(),
              "mood",
              List.of("drama", "x", "")),
          Map.of());

  @TempDir Path root;
  private final ObjectMapper json = new ObjectMapper();
  private final Random random = new Random(7);

  static List<ModelSettings> kinds() {
    return SampleKinds.all(42);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void allProtocolsGiveTheScorersScores(ModelSettings settings) throws Exception {
    publish(settings);
    try (ServedSample sample = new ServedSample(root);
        GrpcServer server =
            new GrpcServer(sample.server().service(), "127.0.0.1", 0, ConnectionLimits.DEFAULT)) {
      server.start();
      List<Double> expected = new ArrayList<>();
      INSTANCES.forEach(features -> expected.add((double) sample.score(features)));
      Map<String, List<Double>> found = new HashMap<>();
      JsonNode v1 = sample.post("/v1/models/ctr:predict", json(rows())).body();
      found.put("v1", numbers(v1.path("predictions")));
      JsonNode columns = sample.post("/v1/models/ctr:predict", json(columns())).body();
      found.put("v1 columns", numbers(columns.path("outputs")));
      JsonNode v2 = sample.post("/v2/models/ctr/infer", json(tensors())).body();
      found.put("v2", numbers(v2.at("/outputs/0/data")));
      JsonNode simple = sample.post("/v2/models/ctr/infer", json(strings())).body();
      found.put("v2 strings", numbers(simple.at("/outputs/0/data")));
      found.put("gRPC", grpc(server.port()));

      assertThat(expected).doesNotHaveDuplicates();
      found.forEach(
          (protocol, scores) -> {
            assertThat(scores).as(protocol).hasSameSizeAs(expected);
            for (int i = 0; i < scores.size(); i++) {
              assertThat(scores.get(i)).as(protocol).isCloseTo(expected.get(i), within(1e-6));
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void thePythonPackageGivesTheScorersScores(ModelSettings settings) throws Exception {
    publish(settings);
    try (PythonPackage python = PythonPackage.start();
        ServedSample sample = new ServedSample(root)) {
      JsonNode files = python.follow(root, INSTANCES);
      JsonNode client = python.client(sample.uri("").toString(), "ctr", INSTANCES);

      assertThat(files.path("error").asText() + client.path("error").asText()).isEmpty();
      Map<String, List<Double>> found = new HashMap<>();
      found.put("files", numbers(files.path("scores")));
      List.of("v1", "v2", "explain").forEach(way -> found.put(way, numbers(client.path(way))));
      found.forEach(
          (way, scores) -> {
            assertThat(scores).as(way).hasSameSizeAs(INSTANCES);
            for (int i = 0; i < scores.size(); i++) {
              double expected = sample.score(INSTANCES.get(i));
              assertThat(scores.get(i)).as(way).isCloseTo(expected, within(1e-6));
            }
          });
      for (int i = 0; i < INSTANCES.size(); i++) {
        assertPartsAgree(files.path("parts"), i, client.path("explanations").get(i));
      }
      assertThat(client.path("version").asText()).isEqualTo(ServedSample.VERSION.toString());
      assertThat(client.path("served").asText()).isEqualTo(ServedSample.VERSION.toString());
      assertThat(client.path("ready").isBoolean()).isTrue();
    }
  }

  private static void assertPartsAgree(JsonNode parts, int i, JsonNode explained) {
    Map<String, String> names =
        Map.of("first_order", "first_order", "logit", "logit", "mixed", "probability");
    names.forEach(
        (part, name) ->
            assertThat(parts.path(part).get(i).asDouble())
                .as(part)
                .isCloseTo(explained.path(name).asDouble(), within(1e-6)));
    JsonNode experts = explained.path("experts");
    assertThat(parts.path("experts").get(i)).hasSameSizeAs(experts).isNotEmpty();
    for (int e = 0; e < experts.size(); e++) {
      assertThat(parts.path("experts").get(i).get(e).asDouble())
          .isCloseTo(experts.get(e).path("probability").asDouble(), within(1e-6));
    }
    assertThat(explained.path("fields")).hasSize(SCHEMA.size());
  }

  private String json(Object body) throws IOException {
    return json.writeValueAsString(body);
  }

  private static List<Double> numbers(JsonNode list) {
    List<Double> numbers = new ArrayList<>();
    list.forEach(number -> numbers.add(number.asDouble()));
    return numbers;
  }

  private static Object rows() {
    return Map.of(
        "instances", INSTANCES.stream().map(features -> Map.of("features", features)).toList());
  }

  private static Object columns() {
    Map<String, List<Object>> columns = new HashMap<>();
    for (String name : FEATURES) {
      columns.put(name, new ArrayList<>());
      INSTANCES.forEach(features -> columns.get(name).add(features.get(name)));
    }
    return Map.of("inputs", columns);
  }

  private Object strings() throws IOException {
    List<String> data = new ArrayList<>();
    for (Map<String, ?> features : INSTANCES) {
      data.add(json(features));
    }
    return Map.of("inputs", List.of(tensor("features_json", "BYTES", data)));
  }

  private static Object tensors() {
    List<Object> inputs = new ArrayList<>();
    for (String name : FEATURES) {
      inputs.add(tensor(name, datatype(name), values(name)));
      inputs.add(tensor(name + ".offsets", "INT64", offsets(name)));
    }
    return Map.of("inputs", inputs);
  }

  private static Object tensor(String name, String datatype, List<?> data) {
    return Map.of("name", name, "datatype", datatype, "shape", List.of(data.size()), "data", data);
  }

  private static List<Double> grpc(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("ctr");
      for (String name : FEATURES) {
        InferTensorContents.Builder values = InferTensorContents.newBuilder();
        for (Object value : values(name)) {
          if (value instanceof Number number) {
            values.addFp64Contents(number.doubleValue());
          } else {
            values.addBytesContents(ByteString.copyFromUtf8(value.toString()));
          }
        }
        request.addInputs(input(name, datatype(name), values(name).size(), values));
        List<Long> offsets = offsets(name);
        request.addInputs(
            input(
                name + ".offsets",
                "INT64",
                offsets.size(),
                InferTensorContents.newBuilder().addAllInt64Contents(offsets)));
      }
      return GRPCInferenceServiceGrpc.newBlockingStub(channel)
          .modelInfer(request.build())
          .getOutputs(0)
          .getContents()
          .getFp32ContentsList()
          .stream()
          .map(Float::doubleValue)
          .toList();
    } finally {
      channel.shutdownNow();
    }
  }

  private static InferInputTensor input(
      String name, String datatype, int size, InferTensorContents.Builder contents) {
    return InferInputTensor.newBuilder()
        .setName(name)
        .setDatatype(datatype)
        .addShape(size)
        .setContents(contents)
        .build();
  }

  private static String datatype(String name) {
    return Set.of("price", "since", "times").contains(name) ? "FP64" : "BYTES";
  }

  /** The values of a feature in all instances. */
  private static List<?> values(String name) {
    return INSTANCES.stream().flatMap(features -> list(features.get(name)).stream()).toList();
  }

  private static List<Long> offsets(String name) {
    List<Long> offsets = new ArrayList<>(List.of(0L));
    for (Map<String, ?> features : INSTANCES) {
      offsets.add(offsets.get(offsets.size() - 1) + list(features.get(name)).size());
    }
    return offsets;
  }

  private static List<?> list(Object value) {
    return value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
  }

  /** A model with a row for each id of the instances but the first one's. */
  private void publish(ModelSettings settings) throws IOException {
    ExampleEncoder encoder = new ExampleEncoder(SCHEMA);
    SharedRows shared = SharedRows.of(SCHEMA);
    SortedMap<Long, float[]> rows = new TreeMap<>();
    for (Map<String, ?> features : INSTANCES.subList(1, INSTANCES.size())) {
      DecodeResult<Example> encoded = encoder.encode(FeatureValues.of(encoder.names(), features));
      for (long fid : ((DecodeResult.Good<Example>) encoded).value().fids()) {
        rows.put(shared.row(fid), floats(1 + settings.embeddingSize()));
      }
    }
    float[] dense = floats(DenseShape.of(SCHEMA, settings).size());
    new SampleChain(root, SCHEMA, settings)
        .gauge(SampleModel.GAUGE)
        .publish(ServedSample.VERSION, Optional.empty(), rows, new long[0], dense);
  }

  private float[] floats(int size) {
    float[] floats = new float[size];
    for (int i = 0; i < size; i++) {
      floats[i] = (random.nextFloat() - 0.5f) / 2;
    }
    return floats;
  }
}
