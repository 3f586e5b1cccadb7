package io.freshet.feature;

import static io.freshet.event.Decoded.good;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.event.EventSettings;
import io.freshet.event.FeatureValues;
import io.freshet.event.Impression;
import io.freshet.event.decode.ImpressionDecoder;
import io.freshet.feature.MultiField.Combiner;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.example.Example;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every schema and every impression, tried on random ones. */
class ExampleEncoderPropertyTest {
  private static final long TIME = 1_767_225_600_000L;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void examplesHoldEveryFieldInOrderAndTheSameOnBothPaths(long seed)
      throws JsonProcessingException {
    Random random = new Random(seed);
    FeatureSchema schema = schema(random);
    ExampleEncoder training = new ExampleEncoder(schema);
    ExampleEncoder serving = new ExampleEncoder(schema);
    ImpressionDecoder decoder = new ImpressionDecoder(EventSettings.DEFAULT, training.names());
    for (int i = 0; i < 200; i++) {
      Map<String, Object> raw = raw(schema, random);

      Example trained = trained(decoder, training, raw);
      Example served = good(serving.encode(FeatureValues.of(serving.names(), raw)));

      assertThat(served.fids()).as("%s", raw).isEqualTo(trained.fids());
      assertThat(served.values()).as("%s", raw).isEqualTo(trained.values());
      checkOrder(schema, trained);
      checkPooling(schema, trained);
    }
  }

  private static Example trained(
      ImpressionDecoder decoder, ExampleEncoder encoder, Map<String, Object> raw)
      throws JsonProcessingException {
    Map<String, Object> record = Map.of("impression_id", "i", "timestamp", TIME, "features", raw);
    byte[] json = new ObjectMapper().writeValueAsString(record).getBytes(UTF_8);
    Impression impression = good(decoder.decode(json, TIME));
    return good(encoder.encode(impression)).example();
  }

  /** The bias, then the fields' numbers in the schema's order, each in one run. */
  private static void checkOrder(FeatureSchema schema, Example example) {
    List<Integer> runs = new ArrayList<>();
    for (long fid : example.fids()) {
      if (runs.isEmpty() || runs.get(runs.size() - 1) != Fids.field(fid)) {
        runs.add(Fids.field(fid));
      }
    }
    assertThat(runs)
        .isEqualTo(
            Stream.concat(Stream.of(0), schema.fields().stream().map(Field::number)).toList());
  }

  private static void checkPooling(FeatureSchema schema, Example example) {
    double[] sums = new double[schema.size()];
    int[] indexes = schema.indexes();
    for (int j = 1; j < example.occurrences(); j++) {
      assertThat(example.values()[j]).isFinite();
      sums[indexes[Fids.field(example.fids()[j])]] += norm(schema, example, j);
    }
    for (int index = 0; index < sums.length; index++) {
      if (!schema.fields().get(index).carriesNumber()) {
        assertThat(sums[index]).isCloseTo(1, within(1e-5));
      }
    }
  }

  /** What an occurrence adds to 1: its magnitude in a mean, its square in a root of squares. */
  private static double norm(FeatureSchema schema, Example example, int occurrence) {
    double value = example.values()[occurrence];
    Field field = schema.fields().get(schema.indexes()[Fids.field(example.fids()[occurrence])]);
    boolean isRoot = field instanceof MultiField multi && multi.combiner() == Combiner.SQRTN;
    return isRoot ? value * value : Math.abs(value);
  }

  private static FeatureSchema schema(Random random) {
    List<Integer> numbers = new ArrayList<>();
    random.ints(1, Fids.MAX_FIELD + 1).distinct().limit(10).forEach(numbers::add);
    List<Field> fields = new ArrayList<>();
    fields.add(new CategoricalField("user", numbers.get(0)));
    for (int i = 1; i < 8; i++) {
      fields.add(plain("f" + i, numbers.get(i), random.nextInt(8)));
    }
    List<String> parts =
        new ArrayList<>(fields.stream().filter(f -> !f.carriesNumber()).map(Field::name).toList());
    parts.remove("user");
    Collections.shuffle(parts, random);
    parts.add("user");
    int most = Math.min(3, parts.size());
    if (most > 1) {
      fields.add(
          new CrossField("x", numbers.get(8), parts.subList(parts.size() - most, parts.size())));
    }
    Collections.shuffle(fields, random);
    return new FeatureSchema(fields, "user");
  }

  private static Field plain(String name, int number, int kind) {
    return switch (kind) {
      case 0 -> new CategoricalField(name, number);
      case 1 -> new MultiField(name, number);
      case 2 -> new NumericField(name, number, new Transform.Identity());
      case 3 -> new NumericField(name, number, new Transform.Log());
      case 4 -> new NumericField(name, number, new Transform.Standardize(3, 0.5));
      case 5 -> new MultiField(name, number, Combiner.MEAN, "w" + number);
      case 6 -> new MultiField(name, number, Combiner.SQRTN, "w" + number);
      default -> new NumericField(name, number, new Transform.Buckets(List.of(-1.0, 0.0, 7.5)));
    };
  }

  private static Map<String, Object> raw(FeatureSchema schema, Random random) {
    Map<String, Object> raw = new HashMap<>();
    raw.put("unknown", List.of(1, "a"));
    for (Field field : schema.fields()) {
      int choice = random.nextInt(10);
      if (choice == 0) {
        raw.put(field.name(), null);
      } else if (choice > 1) {
        Object value = value(field, random);
        raw.put(field.name(), value);
        if (field instanceof MultiField multi
            && value instanceof List<?> list
            && random.nextBoolean()) {
          raw.put(multi.weights(), list.stream().map(v -> weight(random)).toList());
        }
      }
    }
    return raw;
  }

  private static Object value(Field field, Random random) {
    if (field instanceof NumericField) {
      return number(random);
    } else if (field instanceof MultiField && random.nextInt(4) > 0) {
      return Stream.generate(() -> category(random)).limit(random.nextInt(6)).toList();
    } else if (field instanceof MultiField && random.nextInt(4) > 0) {
      Map<String, Number> weights = new LinkedHashMap<>();
      random.ints(random.nextInt(6), 0, 20).forEach(i -> weights.put("é" + i, weight(random)));
      return weights;
    }
    return category(random);
  }

  private static Object category(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> number(random);
      case 1 -> random.nextBoolean();
      case 2 -> Integer.toString(random.nextInt(20));
      default -> "é€😀\"\\\u0001".repeat(random.nextInt(5)) + random.nextInt(20);
    };
  }

  private static Number weight(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(3) - 1;
      case 1 -> random.nextDouble();
      default -> random.nextGaussian() * Math.pow(10, random.nextInt(10) - 5);
    };
  }

  private static Object number(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(20) - 10;
      case 1 -> random.nextLong();
      case 2 -> (double) (random.nextInt(20) - 10);
      default -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
    };
  }
}
