package io.freshet.serve.follow;

import io.freshet.event.DecodeResult;
import io.freshet.event.FeatureValues;
import io.freshet.feature.CategoricalField;
import io.freshet.feature.CrossField;
import io.freshet.feature.ExampleEncoder;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.MultiField;
import io.freshet.feature.MultiField.Combiner;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.SequenceField;
import io.freshet.feature.SequenceField.Attention;
import io.freshet.feature.SequenceField.Pooling;
import io.freshet.feature.VectorField;
import io.freshet.feature.VectorField.Encoding;
import io.freshet.feature.example.Example;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.SampleKinds;
import io.freshet.model.batch.SharedRows;
import io.freshet.model.dense.DenseShape;
import io.freshet.model.gauge.Expert;
import io.freshet.model.gauge.NumberScale;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.snapshot.format.Version;
import io.freshet.snapshot.publish.SampleChain;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Versions with random numbers of a model with every kind of field, and instances with every kind
 * of value, of which the versions know some.
 */
final class RandomSnapshots {
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new MultiField("genres", 2),
              new NumericField("price", 3, new Transform.Auto()),
              new NumericField("stars", 6, new Transform.Standardize(2, 4)),
              new NumericField("age", 5, new Transform.Buckets(List.of(18.0, 30.0))),
              new CrossField("user-genre", 4, List.of("user", "genres")),
              new NumericField("views", 7, new Transform.Log()),
              new CrossField("three", 8, List.of("age", "genres", "user")),
              new MultiField("tags", 9, Combiner.SQRTN, "scores"),
              new MultiField("topics", 10, Combiner.SUM, ""),
              new CategoricalField("liked-genre", 12, "genres"),
              new MultiField("friends", 13, "user"),
              new SequenceField("recent", 14, "genres", 3, Pooling.MEAN),
              new SequenceField("newest", 15, "user", 5, Pooling.LAST),
              new VectorField("photo", 16, 3, Encoding.BASE64),
              new VectorField("place", 17, 1),
              new SequenceField(
                  "circle", 18, "user", 4, Pooling.ATTENTION, new Attention("user", 6, false)),
              new SequenceField(
                  "mood", 19, "genres", 9, Pooling.ATTENTION, new Attention("genres", 0, true))),
          "user");
  private static final PublishedGauge GAUGE =
      new PublishedGauge(
          List.of(
              new NumberScale(1, 1.5, 0.75),
              new NumberScale(0, -0.5, 1.25),
              new NumberScale(1000, 3, 2),
              new NumberScale(0, 0.25, 1.5),
              new NumberScale(0, -3, 0),
              new NumberScale(0, 1e-3, 2e-4),
              new NumberScale(0, 0, 1)),
          -1.5,
          List.of(
              new Expert(0, 0, 0.125, 0),
              new Expert(0.5, 0, 0.25, -1),
              new Expert(0, 1, 0.625, 2)));

  /** Features that the schema cannot hold. */
  static final List<Map<String, Object>> REFUSED =
      List.of(
          Map.of("user", List.of("u1")),
          Map.of("price", "cheap"),
          Map.of("price", "1e39"),
          Map.of("stars", "2.5 "),
          Map.of("views", List.of(1)),
          Map.of("age", ""),
          Map.of("tags", List.of("a", "b"), "scores", List.of(1)),
          Map.of("tags", List.of("a", "b"), "scores", List.of(1, "x")),
          Map.of("scores", 2),
          Map.of("photo", List.of(1, 2)),
          Map.of("photo", List.of(1, 2, "3")),
          Map.of("photo", "AACAPwAAAEA="),
          Map.of("photo", "AACAPwAAAEAAAMB/"),
          Map.of("photo", "AACAPwA="),
          Map.of("place", "AACAPw=="),
          Map.of("place", List.of(1, 2)),
          Map.of("topics", Map.of("a", "x")),
          Map.of("genres", Collections.nCopies(4000, "drama")));

  private static final List<Object> VALUES =
      List.of(
          "u1",
          "ü",
          "日本",
          "😀",
          "\ud800x",
          "",
          "5",
          5,
          5.0,
          -0.0,
          2.5,
          Long.MIN_VALUE,
          new BigInteger("123456789012345678901234567890"),
          1e20,
          true,
          "true",
          "x".repeat(130),
          "y".repeat(300),
          "z".repeat(1500));
  private static final List<Object> NUMBERS =
      List.of(2.5, -7, 0, -0.0, 18, "18.0", "30", ".5", "-1e-3", "+7.", true, false, 12);
  private static final List<Object> SMALL = List.of(1, -0.0, ".5", "-1e-3", "+1.", true, false);
  private static final List<Object> ENORMOUS = List.of(1e20, -3e38, "1e15");

  private final SampleChain chain;
  private final ModelSettings settings;
  private final Random random = new Random(3);
  private final List<Map<String, Object>> known;
  private final SortedSet<Long> published = new TreeSet<>();
  private Optional<Version> last = Optional.empty();

  private RandomSnapshots(Path root, ModelSettings settings) {
    this.settings = settings;
    chain = new SampleChain(root, SCHEMA, settings).gauge(GAUGE);
    known = instances(50);
  }

  static RandomSnapshots of(Path root, ModelKind kind) {
    return of(root, SampleKinds.of(kind, -42));
  }

  static RandomSnapshots of(Path root, ModelSettings settings) {
    return new RandomSnapshots(root, settings);
  }

  RandomSnapshots gauge(PublishedGauge gauge) {
    chain.gauge(gauge);
    return this;
  }

  /** With what the gauge says of further tasks. */
  RandomSnapshots further(List<PublishedGauge.OfTask> tasks) {
    return gauge(new PublishedGauge(GAUGE.numbers(), GAUGE.offset(), GAUGE.experts(), tasks));
  }

  /** A full and two deltas. */
  Version publish() throws IOException {
    publish(1, 0.7);
    publish(2, 0.2);
    return publish(3, 0.1);
  }

  /** A version with a share of the ids; it removes some of those before. */
  Version publish(long checkpoint, double share) throws IOException {
    SortedMap<Long, float[]> rows = new TreeMap<>();
    long[] removed =
        published.stream().filter(fid -> random.nextDouble() < 0.1).mapToLong(f -> f).toArray();
    for (long fid : fids()) {
      if (random.nextDouble() < share && Arrays.binarySearch(removed, fid) < 0) {
        float[] row = floats(1 + settings.embeddingSize());
        int size = settings.embeddingSize(Fids.field(fid));
        Arrays.fill(row, 1 + size, row.length, 0);
        rows.put(fid, row);
      }
    }
    Version version = new Version(SampleChain.LINEAGE, checkpoint);
    float[] dense = floats(DenseShape.of(SCHEMA, settings).size());
    chain.publish(version, last, rows, removed, dense);
    published.addAll(rows.keySet());
    Arrays.stream(removed).forEach(published::remove);
    last = Optional.of(version);
    return version;
  }

  /** Random instances: with missing features, nulls, empty lists, and names of no field. */
  List<Map<String, Object>> instances(int n) {
    List<Map<String, Object>> instances = instances(n, NUMBERS);
    for (Map<String, Object> features : instances) {
      if (random.nextInt(3) == 0) {
        features.put(random.nextBoolean() ? "price" : "stars", one(ENORMOUS));
      }
    }
    return instances;
  }

  /**
   * The same without enormous and large numbers, of whose squares the rounding decides where
   * numbers are not standardized.
   */
  List<Map<String, Object>> saneInstances(int n) {
    return instances(n, SMALL);
  }

  private List<Map<String, Object>> instances(int n, List<Object> numbers) {
    List<Map<String, Object>> instances = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Map<String, Object> features = new HashMap<>(Map.of("no-field", 1));
      put(features, "user", one(VALUES));
      put(features, "genres", random.nextBoolean() ? one(VALUES) : several());
      put(features, "liked-genre", one(VALUES));
      put(features, "friends", several());
      List.of("recent", "circle", "mood").forEach(name -> put(features, name, several()));
      put(features, "newest", random.nextBoolean() ? one(VALUES) : several());
      put(features, "age", one(NUMBERS));
      List.of("price", "stars", "views").forEach(name -> put(features, name, one(numbers)));
      List<Object> tags = several().stream().filter(Objects::nonNull).toList();
      if (random.nextBoolean()) {
        features.put("tags", tags);
        features.put("scores", tags.stream().map(tag -> weight()).toList());
      }
      put(features, "topics", weights());
      float[] photo = {random.nextFloat(), -0.5f, random.nextFloat() / 1000};
      put(features, "photo", random.nextBoolean() ? base64(photo) : numbers(photo));
      put(features, "place", random.nextBoolean() ? 0.5 : List.of(random.nextFloat()));
      instances.add(features);
    }
    return instances;
  }

  private static List<Double> numbers(float[] floats) {
    List<Double> numbers = new ArrayList<>();
    for (float number : floats) {
      numbers.add((double) number);
    }
    return numbers;
  }

  private static String base64(float[] floats) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * floats.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(floats);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private Map<String, Number> weights() {
    Map<String, Number> weights = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      weights.put(String.valueOf(one(VALUES)), weight());
    }
    return weights;
  }

  private Number weight() {
    return random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextDouble() - 0.5;
  }

  private void put(Map<String, Object> features, String name, Object value) {
    int way = random.nextInt(10);
    if (way > 0) {
      features.put(name, way == 1 ? null : way == 2 ? List.of() : value);
    }
  }

  private Object one(List<Object> values) {
    return values.get(random.nextInt(values.size()));
  }

  private List<Object> several() {
    List<Object> values = new ArrayList<>();
    for (int i = random.nextInt(7); i > 0; i--) {
      values.add(random.nextInt(5) == 0 ? null : one(VALUES));
    }
    return values;
  }

  private SortedSet<Long> fids() {
    ExampleEncoder encoder = new ExampleEncoder(SCHEMA);
    SortedSet<Long> fids = new TreeSet<>();
    for (Map<String, Object> features : known) {
      DecodeResult<Example> encoded = encoder.encode(FeatureValues.of(encoder.names(), features));
      for (long fid : ((DecodeResult.Good<Example>) encoded).value().fids()) {
        fids.add(SharedRows.of(SCHEMA).row(fid));
      }
    }
    for (int field : List.of(3, 6, 7)) {
      for (int knot = 0; knot < 8; knot++) {
        fids.add(Fids.knot(field, knot));
      }
    }
    return fids;
  }

  private float[] floats(int n) {
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) random.nextGaussian() / 2;
    }
    return floats;
  }
}
