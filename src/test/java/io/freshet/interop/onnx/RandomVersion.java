package io.freshet.interop.onnx;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.event.FeatureValues;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.CrossField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.MultiField;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.ParallelField;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.ValueHash;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.Sizes;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.gauge.PublishedGauge.OfTask;
import io.freshet.serve.follow.SnapshotFollower;
import io.freshet.serve.model.Scorer;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import io.freshet.snapshot.storage.LocalStorage;
import io.freshet.snapshot.store.Snapshot;
import io.freshet.snapshot.store.SnapshotReader;
import io.freshet.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** A version of random numbers, with fields of every kind, and random features for it. */
final class RandomVersion {
  static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new MultiField("tags", 7),
              new NumericField("price", 3, new Transform.Auto()),
              new NumericField("age", 4095, new Transform.Buckets(List.of(18.0, 30.0))),
              new CrossField("user-tag", 2048, List.of("user", "tags")),
              new CategoricalField("owner", 9, "user"),
              new VectorField("text", 13, 3),
              new SequenceField("some", 11, "user", 3, Pooling.MEAN),
              new SequenceField("newest", 12, "user", 5, Pooling.LAST),
              attending("dot", 14, "user", new Attention("user", 0, true)),
              attending("plain-dot", 17, "user", new Attention("owner", 0, false)),
              attending("din", 15, "user", new Attention("owner", 5, false)),
              attending("din-softmax", 16, "tags", new Attention("tags", 7, true)),
              new ParallelField("action", 18, "din-softmax", "", "", false),
              new ParallelField("whose", 19, "din-softmax", "user", "owner", false),
              new ParallelField("ago", 20, "some", "", "", true),
              new ParallelField("place", 21, "dot", "", "", false)),
          "user");
  static final List<String> ATTENDING = List.of("dot", "plain-dot", "din", "din-softmax");
  static final List<String> ALONG = List.of("action", "whose", "place"); // what attends
  static final int LENGTH = 4; // of what attends
  private static final Version VERSION = Version.of("0badcafe-0000000001");
  private static final int USERS = 50;

  private final Path root;
  private final Random random;

  private RandomVersion(Path root, Random random) {
    this.root = root;
    this.random = random;
  }

  private static SequenceField attending(String name, int number, String of, Attention by) {
    return new SequenceField(name, number, of, LENGTH, Pooling.ATTENTION, by);
  }

  static ModelSettings settings(ModelKind kind) {
    return settings(kind, Sizes.NONE);
  }

  static ModelSettings settings(ModelKind kind, Sizes sizes) {
    return new ModelSettings(
        kind,
        kind.embeds() ? 4 : 0,
        kind.deep() ? List.of(8, 6) : List.of(),
        kind.crosses() ? 2 : 0,
        sizes,
        0,
        77);
  }

  /**
   * Publishes a version.
   *
   * @param correction of its labels, for a sampling rate of 0.01
   */
  static RandomVersion publish(
      Path root, ModelSettings settings, boolean mixed, String correction, Random random)
      throws IOException {
    RandomVersion version = new RandomVersion(root, random);
    List<Expert> experts =
        List.of(
            new Expert(0, 0, 0.15, 0),
            new Expert(0.5, 0, 0.25, -0.25),
            new Expert(1, 0, 0.1, 0.125),
            new Expert(0, 1, 0.5, 0.5));
    List<OfTask> further =
        settings.tasks().further().stream().map(task -> version.gauge(mixed)).toList();
    PublishedGauge gauge =
        new PublishedGauge(
            List.of(
                new NumberScale(1, 1.5, 0.75),
                new NumberScale(0, 0.5, 2),
                new NumberScale(0, 0, 0),
                new NumberScale(0, -1, 0.5)),
            -1.25,
            mixed ? experts : experts.subList(3, 4),
            further);
    TreeMap<Long, float[]> rows = new TreeMap<>();
    version.fids().forEach(fid -> rows.put(fid, version.row(fid, settings)));
    new SampleChain(root, SCHEMA, settings)
        .gauge(gauge)
        .publish(
            VERSION,
            Optional.empty(),
            rows,
            new long[0],
            version.floats(DenseShape.of(SCHEMA, settings).size()));
    version.edit(correction);
    return version;
  }

  /** Of a task that is not the first. */
  private OfTask gauge(boolean mixed) {
    List<Expert> experts =
        List.of(
            new Expert(0, 0, 0.25, 0),
            new Expert(0, 0.5, 0.35, -0.25),
            new Expert(0, 1, 0.4, random.nextGaussian()));
    return new OfTask(random.nextGaussian(), mixed ? experts : experts.subList(2, 3));
  }

  /** Rows of half the users and of some of the rest. */
  private List<Long> fids() {
    List<Long> fids = new ArrayList<>(List.of(Fids.BIAS, Fids.number(3)));
    for (int user = 0; user < USERS; user += 2) {
      fids.add(Fids.of(1, ValueHash.of("u" + user)));
    }
    for (int tag = 0; tag < 5; tag++) {
      fids.add(Fids.of(7, ValueHash.of("t" + tag)));
    }
    for (int knot = 0; knot < 6; knot++) {
      fids.add(Fids.knot(3, knot));
    }
    fids.add(Fids.of(4095, ValueHash.of(2L)));
    fids.add(Fids.missing(7));
    fids.add(Fids.missing(11));
    fids.add(Fids.missing(14));
    fids.add(Fids.of(18, ValueHash.of("a0")));
    fids.add(Fids.of(18, ValueHash.of("a1")));
    fids.add(Fids.of(20, ValueHash.of("16")));
    fids.add(Fids.of(21, ValueHash.of("p0")));
    for (int i = 0; i < 3; i++) {
      fids.add(Fids.component(13, i));
    }
    return fids;
  }

  /** A row, with zeros where those of its field hold less. */
  private float[] row(long fid, ModelSettings settings) {
    float[] row = floats(1 + settings.embeddingSize());
    int size = settings.embeddingSize(Fids.field(fid));
    Arrays.fill(row, 1 + size, row.length, 0);
    return row;
  }

  private float[] floats(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (0.3 * random.nextGaussian());
    }
    return values;
  }

  private void edit(String correction) throws IOException {
    Path manifest = root.resolve(VERSION + "/manifest.json");
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(manifest.toFile());
    json.remove("digest");
    json.put("sampling_rate", correction.equals("none") ? 1 : 0.01);
    json.withObject("labels").put("correction", correction);
    json.withObject("unknown_ids").withArray("zero_fields").add(4095);
    Files.writeString(manifest, json.toString());
  }

  Snapshot snapshot() throws IOException {
    return new SnapshotReader(store()).load(VERSION);
  }

  private SnapshotStore store() {
    return new SnapshotStore(new LocalStorage(root));
  }

  Map<String, Object> features() {
    Map<String, Object> features = new HashMap<>();
    features.put("user", "u" + random.nextInt(USERS));
    features.put("owner", "u" + random.nextInt(USERS));
    features.put("price", Math.exp(2 * random.nextGaussian()) - 1);
    features.put("age", random.nextInt(80));
    features.put(
        "tags", random.ints(random.nextInt(4), 0, 8).distinct().mapToObj(t -> "t" + t).toList());
    features.put(
        "text", List.of(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()));
    for (String name : List.of("some", "newest", "dot", "plain-dot", "din")) {
      features.put(name, several(6, "u", USERS));
    }
    features.put("din-softmax", several(6, "t", 8));
    features.put("action", along(features, "din-softmax", "a", 3));
    features.put("whose", along(features, "din-softmax", "u", USERS));
    features.put("place", along(features, "dot", "p", 3));
    features.put("ago", along(features, "some", "", 100_000));
    features.keySet().removeIf(name -> random.nextInt(8) == 0);
    if (!features.containsKey("din-softmax")) {
      features.keySet().removeAll(List.of("action", "whose"));
    }
    if (!features.containsKey("dot")) {
      features.remove("place");
    }
    if (!features.containsKey("some")) {
      features.remove("ago");
    }
    return features;
  }

  private List<String> along(Map<String, Object> features, String sequence, String prefix, int of) {
    int count = ((List<?>) features.get(sequence)).size();
    return random.ints(count, 0, of).mapToObj(i -> prefix + i).toList();
  }

  private List<String> several(int most, String prefix, int of) {
    return random.ints(random.nextInt(most), 0, of).mapToObj(i -> prefix + i).toList();
  }

  /** What the scorer says of features. */
  float[] scores(List<Map<String, Object>> features) {
    try (Scorer scorer = scorer()) {
      float[] scores = new float[features.size()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = scorer.score(features.get(i));
      }
      return scores;
    }
  }

  /** The same of every task: by task, then by features. */
  float[][] taskScores(List<Map<String, Object>> features) throws Exception {
    try (Scorer scorer = scorer()) {
      List<Example> examples = new ArrayList<>();
      for (Map<String, Object> each : features) {
        examples.add(scorer.encode(FeatureValues.of(scorer.names(), each)));
      }
      return scorer.scoreTasks(examples);
    }
  }

  /** Features as the model computes with them. */
  List<Example> encode(List<Map<String, Object>> features) throws Exception {
    PublishedGauge gauge = snapshot().gauge();
    List<Example> examples = new ArrayList<>();
    try (Scorer scorer = scorer()) {
      for (Map<String, Object> each : features) {
        Example example = scorer.encode(FeatureValues.of(scorer.names(), each));
        examples.add(gauge.encoding(SCHEMA).encode(example));
      }
    }
    return examples;
  }

  private Scorer scorer() {
    try (SnapshotFollower follower = new SnapshotFollower(store(), InstantSource.system())) {
      follower.look();
      return follower.model().orElseThrow().newScorer();
    }
  }
}
