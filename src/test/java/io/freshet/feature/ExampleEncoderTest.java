package io.freshet.feature;

import static io.freshet.event.Decoded.good;
import static io.freshet.event.Rejection.Kind.BAD_VALUE;
import static io.freshet.event.Rejection.Kind.TOO_MANY_VALUES;
import static io.freshet.event.Rejection.Kind.WRONG_TYPE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.freshet.event.DecodeResult;
import io.freshet.event.Decoded;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureNames;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.event.Rejection;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.feature.MultiField.Combiner;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.NumericField.Transform.Auto;
import io.freshet.feature.NumericField.Transform.Buckets;
import io.freshet.feature.NumericField.Transform.Identity;
import io.freshet.feature.NumericField.Transform.Log;
import io.freshet.feature.NumericField.Transform.Standardize;
import io.freshet.feature.VectorField.Encoding;
import io.freshet.feature.example.EncodedImpression;
import io.freshet.feature.example.Example;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExampleEncoderTest {
  private static final Field USER = new CategoricalField("user", 1);
  private static final Field GENRES = new MultiField("genres", 2);
  private static final long MISSING_USER = Fids.missing(1);

  @Test
  void usageExample() {
    ExampleEncoder encoder = encoder(USER, GENRES, numeric(new Log()));
    FeatureValues features =
        FeatureValues.of(
            encoder.names(), Map.of("user", "u17", "genres", List.of("drama", "war"), "x", 0));

    DecodeResult<EncodedImpression> outcome =
        encoder.encode(new Impression("i1", 1767225600000L, 2, features));

    EncodedImpression encoded = good(outcome);
    assertThat(encoded.id()).isEqualTo("i1");
    assertThat(encoded.timestamp()).isEqualTo(1767225600000L);
    assertThat(encoded.weight()).isEqualTo(2);
    assertThat(encoded.example().user()).isEqualTo(ValueHash.of("u17"));
    assertThat(encoded.example().fids())
        .containsExactly(
            Fids.BIAS,
            Fids.of(1, ValueHash.of("u17")),
            Fids.of(2, ValueHash.of("drama")),
            Fids.of(2, ValueHash.of("war")),
            Fids.number(3));
    assertThat(encoded.example().values()).containsExactly(1, 1, .5f, .5f, 0);
  }

  @Test
  void eachMissingFieldHasItsMissingId() {
    Example example = encode(encoder(USER, GENRES, numeric(new Identity())), Map.of());

    assertThat(example.fids())
        .containsExactly(Fids.BIAS, MISSING_USER, Fids.missing(2), Fids.missing(3));
    assertThat(example.values()).containsExactly(1, 1, 1, 1);
  }

  @Test
  void aSingleValueOfAMultiFieldIsAListOfOne() {
    ExampleEncoder encoder = encoder(USER, GENRES);

    assertThat(encode(encoder, Map.of("genres", "war")).fids())
        .isEqualTo(encode(encoder, Map.of("genres", List.of("war"))).fids());
  }

  @Test
  void valuesCountByTheirWeights() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("war", 3);
    object.put("none", 0);
    object.put("drama", -1);
    long[] ids = {Fids.of(2, ValueHash.of("war")), Fids.of(2, ValueHash.of("drama"))};

    Example mean = encode(encoder(USER, combined(Combiner.MEAN)), Map.of("genres", object));
    Example sum = encode(encoder(USER, combined(Combiner.SUM)), Map.of("genres", object));
    Example root = encode(encoder(USER, combined(Combiner.SQRTN)), Map.of("genres", object));

    assertThat(mean.fids()).endsWith(ids).hasSize(4);
    assertThat(mean.values()).endsWith(.75f, -.25f);
    assertThat(sum.values()).endsWith(3, -1);
    assertThat(root.values()).endsWith((float) (3 / Math.sqrt(10)), (float) (-1 / Math.sqrt(10)));
  }

  @Test
  void valuesWithoutWeightsCountEqually() {
    Map<String, ?> raw = Map.of("genres", List.of("a", "b", "c", "d"));

    assertThat(encode(encoder(USER, combined(Combiner.MEAN)), raw).values()).endsWith(.25f, .25f);
    assertThat(encode(encoder(USER, combined(Combiner.SUM)), raw).values()).endsWith(1, 1);
    assertThat(encode(encoder(USER, combined(Combiner.SQRTN)), raw).values()).endsWith(.5f, .5f);
  }

  @Test
  void weightsMayBeAListOfTheirOwn() {
    ExampleEncoder encoder = encoder(USER, combined(Combiner.SUM));
    List<String> values = List.of("a", "b");

    Example example = encode(encoder, Map.of("genres", values, "w", List.of(2, .5)));
    Example single = encode(encoder, Map.of("genres", "a", "w", 2));

    assertThat(example.values()).endsWith(2, .5f);
    assertThat(single.values()).endsWith(2);
    assertThat(encode(encoder, Map.of("genres", values)).values()).endsWith(1, 1);
    assertThat(rejected(encoder, Map.of("genres", values, "w", List.of(2))))
        .isEqualTo("features.genres holds 2 values, and w 1 weights; expected one of each");
    assertThat(rejected(encoder, Map.of("genres", values, "w", List.of(2, "x"))))
        .isEqualTo("features.w holds what is no number; expected the weights of genres");
    assertThat(rejected(encoder, Map.of("genres", Map.of("a", 1), "w", List.of(2))))
        .isEqualTo("features.genres holds weights of its own; expected no w");
    assertThat(rejected(encoder, Map.of("w", List.of(2))))
        .isEqualTo("features.genres holds 0 values, and w 1 weights; expected one of each");
  }

  @Test
  void valuesThatAllWeighNothingAreMissing() {
    ExampleEncoder encoder = encoder(USER, combined(Combiner.MEAN));

    assertThat(encode(encoder, Map.of("genres", Map.of("a", 0))).fids()).endsWith(Fids.missing(2));
    assertThat(encode(encoder, Map.of("genres", Map.of())).fids()).endsWith(Fids.missing(2));
  }

  @Test
  void aVectorIsEachOfItsNumbers() {
    ExampleEncoder encoder = encoder(USER, new VectorField("photo", 3, 2));

    Example example = encode(encoder, Map.of("photo", List.of(.5, -3)));

    assertThat(example.fids()).endsWith(Fids.component(3, 0), Fids.component(3, 1));
    assertThat(example.values()).endsWith(.5f, -3);
    assertThat(encode(encoder, Map.of("photo", List.of())).fids()).endsWith(Fids.missing(3));
    assertThat(rejected(encoder, Map.of("photo", List.of(1, 2, 3))))
        .isEqualTo("features.photo holds 3 numbers; expected 2");
    assertThat(rejected(encoder, Map.of("photo", 1)))
        .isEqualTo("features.photo holds 1 numbers; expected 2");
    assertThat(rejected(encoder, Map.of("photo", List.of(1, "2"))))
        .isEqualTo("features.photo holds what is no number at [1]; expected a list of numbers");
    assertThat(rejected(encoder, Map.of("photo", "AAAAAAAAAAA=")))
        .isEqualTo("features.photo holds 1 numbers; expected 2");
  }

  @Test
  void aVectorMayBeBase64OfFloats() {
    ExampleEncoder encoder = encoder(USER, new VectorField("photo", 3, 2, Encoding.BASE64));

    assertThat(encode(encoder, Map.of("photo", "AACAPwAAAMA=")).values()).endsWith(1, -2);
    assertThat(encode(encoder, Map.of("photo", List.of(1, -2))).values()).endsWith(1, -2);
    assertThat(rejected(encoder, Map.of("photo", "AACAPw==")))
        .isEqualTo("features.photo holds 1 floats; expected 2");
    assertThat(rejected(encoder, Map.of("photo", "AACAPwA=")))
        .isEqualTo("features.photo holds 5 bytes; expected 4 for each number");
    assertThat(rejected(encoder, Map.of("photo", "AACAPwAAwH8=")))
        .isEqualTo("features.photo holds NaN at [1]; expected finite numbers");
    assertThat(rejected(encoder, Map.of("photo", "?"))).startsWith("features.photo is no base64");
  }

  @Test
  void aVectorCountsTowardsNoLimit() {
    int size = VectorField.MAX_SIZE;
    ExampleEncoder encoder = encoder(USER, GENRES, new VectorField("photo", 3, size));
    List<Integer> photo = Collections.nCopies(size, 1);
    List<Integer> genres = Collections.nCopies(1000, 1);
    String json =
        "{\"impression_id\": \"i\", \"timestamp\": 1767225600000, \"features\": {\"photo\": %s, \"genres\": %s}}"
            .formatted(photo, genres);
    ImpressionDecoder decoder = new ImpressionDecoder(EventSettings.DEFAULT, encoder.names());

    Impression read = good(decoder.decode(json.getBytes(UTF_8), 1_767_225_600_000L));

    assertThat(good(encoder.encode(read)).example().occurrences()).isEqualTo(2 + 1000 + size);
  }

  private static String rejected(ExampleEncoder encoder, Map<String, ?> raw) {
    return rejection(encoder, raw).reason();
  }

  private static Field combined(Combiner combiner) {
    return new MultiField("genres", 2, combiner, "w");
  }

  @Test
  void numbersAreTransformed() {
    assertThat(number(new Auto(), -12.5)).isEqualTo(-12.5f);
    assertThat(number(new Identity(), -12.5)).isEqualTo(-12.5f);
    assertThat(number(new Log(), 12.5)).as("taken where it is standardized").isEqualTo(12.5f);
    assertThat(number(new Standardize(10, 2), 13)).isEqualTo(1.5f);
  }

  @Test
  void aNumberBeyondAllBoundsCountsAsTheBound() {
    assertThat(number(new Auto(), 1e30)).isEqualTo(1e15f);
    assertThat(number(new Auto(), -1e16)).isEqualTo(-1e15f);
    assertThat(number(new Standardize(0, 1e-30), 1e10)).isEqualTo(1e15f);
  }

  @Test
  void aBoundBelongsToTheIntervalAboveIt() {
    Transform buckets = new Buckets(List.of(0.0, 10.0));

    assertThat(bucketOf(buckets, -0.1)).isEqualTo(ValueHash.of(0L));
    assertThat(bucketOf(buckets, -0.0)).isEqualTo(ValueHash.of(1L));
    assertThat(bucketOf(buckets, 0.0)).isEqualTo(ValueHash.of(1L));
    assertThat(bucketOf(buckets, 9.9)).isEqualTo(ValueHash.of(1L));
    assertThat(bucketOf(buckets, 10)).isEqualTo(ValueHash.of(2L));
    assertThat(bucketOf(buckets, 1e30)).isEqualTo(ValueHash.of(2L));
  }

  @Test
  void aCrossHoldsEveryCombinationWhereverItStands() {
    Field cross = new CrossField("x", 5, List.of("user", "genres"));
    Map<String, Object> raw = Map.of("user", "u", "genres", List.of("a", "b"));
    long user = Fids.of(1, ValueHash.of("u"));
    long first = Fids.of(5, ValueHash.mix(user, Fids.of(2, ValueHash.of("a"))));
    long second = Fids.of(5, ValueHash.mix(user, Fids.of(2, ValueHash.of("b"))));

    Example crossLast = encode(encoder(USER, GENRES, cross), raw);
    Example crossFirst = encode(encoder(cross, USER, GENRES), raw);

    assertThat(crossLast.fids()).endsWith(first, second);
    assertThat(crossLast.values()).endsWith(.5f, .5f);
    assertThat(crossFirst.fids()).startsWith(Fids.BIAS, first, second, user);
  }

  @Test
  void aMissingPartOfACrossTakesPartAsMissing() {
    Field other = new CategoricalField("other", 3);
    Field cross = new CrossField("x", 5, List.of("user", "genres", "other"));

    Example example = encode(encoder(USER, GENRES, other, cross), Map.of("genres", List.of("a")));

    long two = ValueHash.mix(MISSING_USER, Fids.of(2, ValueHash.of("a")));
    assertThat(example.fids()).endsWith(Fids.of(5, ValueHash.mix(two, Fids.missing(3))));
  }

  @Test
  void aMissingUserIsAUserOfItsOwn() {
    ExampleEncoder encoder = encoder(USER);
    FeatureValues nobody = FeatureValues.of(encoder.names(), Map.of());

    for (String id : List.of("i1", "i2")) {
      EncodedImpression encoded = good(encoder.encode(new Impression(id, 0, 1, nobody)));

      assertThat(encoded.example().user()).isEqualTo(ValueHash.of(id));
    }
  }

  @Test
  void valuesThatTheFieldCannotHoldAreRejected() {
    Field number = numeric(new Standardize(0, 1e-30));

    assertThat(rejection(encoder(USER, number), Map.of("x", "twelve")))
        .isEqualTo(new Rejection(WRONG_TYPE, "features.x is a string; expected a number"));
    assertThat(rejection(encoder(USER, number), Map.of("x", List.of(1))).reason())
        .isEqualTo("features.x is a list; expected one value, or kind: multi");
    assertThat(rejection(encoder(USER), Map.of("user", List.of("u"))).kind()).isEqualTo(WRONG_TYPE);
  }

  @Test
  void aNumberMayBeWrittenAsTextOrBeABoolean() {
    for (Transform transform : List.of(new Identity(), new Buckets(List.of(0.5, 3.0)))) {
      ExampleEncoder encoder = encoder(USER, numeric(transform));

      for (String text : List.of("12", "+12", "12.", "1.2e1", "0012", "12.000")) {
        assertIsNumber(encoder, text, 12);
      }
      assertIsNumber(encoder, "-.5e-3", -0.0005);
      assertIsNumber(encoder, true, 1);
      assertIsNumber(encoder, false, 0);
    }
  }

  private static void assertIsNumber(ExampleEncoder encoder, Object raw, Number number) {
    assertThat(encode(encoder, Map.of("x", raw)))
        .as("%s", raw)
        .usingRecursiveComparison()
        .isEqualTo(encode(encoder, Map.of("x", number)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "NaN",
        "nan",
        "Infinity",
        "-inf",
        "0x10",
        " 5 ",
        "5 ",
        "5f",
        "5d",
        "1_000",
        "1,5",
        "1.000,5",
        "--1",
        "1e",
        "e5",
        ".",
        "٣",
        "1e9999",
        "true",
        "null",
        "5\0",
        "½",
        "−5"
      })
  void aTextThatIsNoNumberIsRejected(String text) {
    assertThat(rejection(encoder(USER, numeric(new Identity())), Map.of("x", text)))
        .isEqualTo(new Rejection(WRONG_TYPE, "features.x is a string; expected a number"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999", "-1e999", "3.5e38", "1e39"})
  void aTextBeyondTheRangeOfAFloatIsRejectedAsItsNumberIs(String text) {
    assertThat(rejection(encoder(USER, numeric(new Identity())), Map.of("x", text)))
        .isEqualTo(new Rejection(BAD_VALUE, "features.x is beyond the range of a float, ±3.4e38"));
  }

  @Test
  void crossesThatExplodeAreRejected() {
    List<Integer> many = IntStream.range(0, 100_000).boxed().toList();
    Map<String, Object> raw = Map.of("genres", many, "more", many, "most", many);
    ExampleEncoder encoder =
        encoder(
            USER,
            GENRES,
            new MultiField("more", 3),
            new MultiField("most", 4),
            new CrossField("x", 5, List.of("genres", "more", "most")));

    assertThat(rejection(encoder, raw))
        .isEqualTo(
            new Rejection(
                TOO_MANY_VALUES,
                "features: make 2147783649 occurrences, crosses included; at most 4096 are"
                    + " allowed"));
  }

  @Test
  void theBoundCountsTheBias() {
    FeatureSchema schema = new FeatureSchema(List.of(USER), "user");

    assertThat(encode(new ExampleEncoder(schema, 2), Map.of()).occurrences()).isEqualTo(2);
    assertThat(rejection(new ExampleEncoder(schema, 1), Map.of()).kind())
        .isEqualTo(TOO_MANY_VALUES);
  }

  @Test
  void featuresReadByOtherNamesAreRefused() {
    FeatureValues features = FeatureValues.of(new FeatureNames(List.of("other")), Map.of());

    assertThatIllegalArgumentException().isThrownBy(() -> encoder(USER).encode(features));
  }

  private static float number(Transform transform, double x) {
    Example example = encode(encoder(USER, numeric(transform)), Map.of("x", x));
    assertThat(example.fids()[2]).isEqualTo(Fids.number(3));
    return example.values()[2];
  }

  /** The low bits of a bucket's id, extended to the hash they came from. */
  private static long bucketOf(Transform buckets, double x) {
    long fid = encode(encoder(USER, numeric(buckets)), Map.of("x", x)).fids()[2];
    return IntStream.range(0, 3)
        .mapToLong(i -> ValueHash.of((long) i))
        .filter(hash -> Fids.of(3, hash) == fid)
        .findFirst()
        .orElseThrow();
  }

  private static Field numeric(Transform transform) {
    return new NumericField("x", 3, transform);
  }

  private static ExampleEncoder encoder(Field... fields) {
    return new ExampleEncoder(new FeatureSchema(List.of(fields), "user"));
  }

  private static Example encode(ExampleEncoder encoder, Map<String, ?> raw) {
    return good(encoder.encode(FeatureValues.of(encoder.names(), raw)));
  }

  private static Rejection rejection(ExampleEncoder encoder, Map<String, ?> raw) {
    return Decoded.rejection(encoder.encode(FeatureValues.of(encoder.names(), raw)));
  }
}
