package io.freshet.model.gauge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.VectorField;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabelSettings;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.Safeguards;
import io.freshet.model.Task;
import io.freshet.model.Tasks;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class GaugeTest {
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              new CategoricalField("user", 1),
              new NumericField("price", 2, new Transform.Auto()),
              new NumericField("age", 3, new Transform.Identity())),
          "user");

  private final Gauge gauge = gauge(SCHEMA);

  @Test
  void aNumberBecomesItsRowAndTheTwoKnotsItLiesBetween() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      gauge.encode(example(i, (float) Math.exp(random.nextGaussian()), random.nextFloat()));
    }
    PublishedGauge published = gauge.published();

    for (float price : new float[] {-1e15f, 0, 0.1f, 1, 3, 1e15f}) {
      Example raw = example(1, price, 0.5f).example();
      Example encoded = published.encoding(SCHEMA).encode(raw);

      double z = published.numbers().get(0).standardize(price);
      assertThat(encoded.occurrences()).isEqualTo(raw.occurrences() + 4);
      assertThat(encoded.fids()[2]).isEqualTo(Fids.number(2));
      assertThat(encoded.values()[2]).isCloseTo((float) z, within(1e-6f));
      int knot = (int) (encoded.fids()[3] - Fids.knot(2, 0));
      assertThat(knot).isBetween(0, 6);
      assertThat(encoded.fids()[4]).isEqualTo(Fids.knot(2, knot + 1));
      assertThat(encoded.values()[3] + encoded.values()[4]).isCloseTo(1, within(1e-6f));
      double place = knot + encoded.values()[4];
      assertThat(-2.5 + place / 7 * 5).isCloseTo(Math.max(-2.5, Math.min(2.5, z)), within(1e-5));
      assertThat(encoded.fids()[5]).as("the next field").isEqualTo(Fids.number(3));
    }
  }

  @Test
  void whatIsOnlyPredictedIsNotMeasured() {
    gauge.encode(example(1, 7, 7).asPrediction());

    assertThat(gauge.values()).containsOnly(0);
  }

  @Test
  void aNumberThatIsNoneMeasuresNothingAndIsPoison() {
    LabeledExample encoded = gauge.encode(example(1, Float.NaN, Float.POSITIVE_INFINITY));

    assertThat(gauge.values()).containsOnly(0);
    assertThat(encoded.example().values()[2]).isNaN();
  }

  @Test
  void whatReplicasAddIsWhatOneWouldHave() {
    Gauge whole = gauge(SCHEMA);
    Gauge owner = gauge(SCHEMA);
    Gauge[] replicas = {replica(), replica()};
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      LabeledExample example = example(i, 100 * random.nextFloat(), random.nextFloat());
      learn(whole, example);
      learn(replicas[i % 2], example);
    }
    owner.merge(replicas[0].values());
    owner.merge(replicas[1].values());

    assertThat(owner.published().numbers().get(0).mean())
        .isCloseTo(whole.published().numbers().get(0).mean(), within(1e-9));
    assertThat(owner.published().offset()).isEqualTo(whole.published().offset());
  }

  @Test
  void storedSumsFollowTheirFieldsToAnotherSchema() {
    for (int i = 0; i < 50; i++) {
      learn(gauge, example(i, i, 2 * i));
    }
    FeatureSchema other =
        new FeatureSchema(
            List.of(
                new CategoricalField("user", 1),
                new NumericField("new", 4, new Transform.Auto()),
                new NumericField("age", 3, new Transform.Log())),
            "user");
    Gauge next = gauge(other);

    next.restore(gauge.fields(), gauge.values(), List.of());

    int sums = NumberMoments.SUMS;
    assertThat(next.fields()).containsExactly(4, 3);
    for (int i = 0; i < next.values().length; i++) {
      assertThat(next.values()[i]).isEqualTo(i < sums ? 0 : gauge.values()[i]);
    }
    Gauge linear = new Gauge(SCHEMA, ModelKind.LR, Safeguards.ON, true);
    linear.restore(gauge.fields(), gauge.values(), List.of());
    assertThat(linear.published().offset()).isEqualTo(gauge.published().offset());
    assertThat(linear.published().experts()).isEqualTo(Expert.of(ModelKind.LR));
  }

  @Test
  void theFiguresOfTasksFollowTheirNames() {
    Gauge before = ofTasks("click", "like", "purchase");
    for (int i = 0; i < before.values().length; i++) {
      before.values()[i] = 100 + i % 17;
    }
    PublishedGauge published = before.published();
    Gauge now = ofTasks("click", "purchase", "return");
    Gauge started = ofTasks("click", "purchase", "return");

    now.restore(before.fields(), before.values(), List.of("like", "purchase"));
    started.startFrom(published, List.of("like", "purchase"));

    PublishedGauge fresh = ofTasks("click", "purchase", "return").published();
    assertThat(now.published().experts()).isEqualTo(published.experts());
    assertThat(now.published().of(1)).isEqualTo(published.of(2)).isNotEqualTo(published.of(1));
    assertThat(now.published().of(2)).isEqualTo(fresh.of(2));
    assertThat(started.published().of(1).offset())
        .isCloseTo(published.of(2).offset(), within(1e-9));
    assertThat(started.published().of(2)).isEqualTo(fresh.of(2));
  }

  private static Gauge ofTasks(String... names) {
    List<Task> tasks =
        Arrays.stream(names).map(name -> new Task(name, "", name, LabelSettings.DEFAULT)).toList();
    ModelSettings model = ModelSettings.deepFm(4, List.of(8), 0, 42).withTasks(new Tasks(tasks));
    return new Gauge(SCHEMA, model, Safeguards.ON, true);
  }

  @Test
  void theComponentsOfAVectorAreStandardizedEachByItself() {
    Gauge vectors = gauge(vectors(4, 2));
    Random random = new Random(3);
    for (int i = 0; i < 30_000; i++) {
      vectors.encode(
          vector(
              (float) (5 + random.nextGaussian()), (float) random.nextGaussian() / 10, 7, 1e15f));
    }

    PublishedGauge published = vectors.published();
    float[] values =
        published.encoding(vectors(4, 2)).encode(vector(7, -.05f, 7, 1).example()).values();

    assertThat(published.numbers()).hasSize(5);
    assertThat(values[1]).isCloseTo(2f / 2, within(.03f));
    assertThat(values[2]).isCloseTo(-.5f / 2, within(.03f));
    assertThat(values[3]).as("a constant").isZero();
    assertThat(values[4]).as("a constant, and another value").isZero();
    assertThat(published.encoding(vectors(4, 2)).encode(vector(99, 0, 0, 0).example()).values()[1])
        .as("clipped")
        .isEqualTo(1.5f);
  }

  @Test
  void storedSumsOfAVectorAreThoseOfItsSizeAlone() {
    Gauge before = gauge(vectors(4, 2));
    learn(before, vector(1, 2, 3, 4));
    learn(before, vector(3, 2, 1, 0));
    Gauge same = gauge(vectors(4, 9));
    Gauge other = gauge(vectors(3, 2));

    same.restore(before.fields(), before.values(), List.of());
    other.restore(before.fields(), before.values(), List.of());

    assertThat(same.published().numbers().subList(0, 4))
        .isEqualTo(before.published().numbers().subList(0, 4));
    assertThat(other.published().numbers().subList(0, 3)).containsOnly(NumberScale.UNKNOWN);
    assertThat(same.published().offset()).isEqualTo(before.published().offset());
    assertThat(other.published().offset()).isEqualTo(before.published().offset());
    assertThat(before.published().reordered(vectors(4, 2), vectors(5, 9)).numbers())
        .startsWith(before.published().numbers().get(0))
        .endsWith(NumberScale.UNKNOWN, NumberScale.UNKNOWN)
        .hasSize(6);
  }

  private static FeatureSchema vectors(int size, int numeric) {
    return new FeatureSchema(
        List.of(
            new CategoricalField("user", 1),
            new VectorField("photo", 3, size),
            new NumericField("price", numeric, new Transform.Auto())),
        "user");
  }

  private static LabeledExample vector(float... components) {
    long[] fids =
        IntStream.range(0, components.length).mapToLong(i -> Fids.component(3, i)).toArray();
    long[] all = LongStream.concat(LongStream.of(Fids.BIAS), LongStream.of(fids)).toArray();
    float[] values = new float[all.length];
    values[0] = 1;
    System.arraycopy(components, 0, values, 1, components.length);
    return new LabeledExample("i", 1, 1, 1, new Example(1, all, values));
  }

  @Test
  void theOffsetIsTheBaseRate() {
    for (int i = 0; i < 1000; i++) {
      learn(gauge, example(i, 1, 1)); // every fourth is positive
    }

    assertThat(gauge.published().offset()).isCloseTo(Math.log(250.0 / 750), within(0.01));
    assertThat(new Gauge(SCHEMA, ModelKind.LR, Safeguards.OFF, true).published().offset()).isZero();
  }

  private static void learn(Gauge gauge, LabeledExample example) {
    gauge.encode(example);
    gauge.beginStep();
    gauge.task(0).logit(0.1f, 0.2f);
    gauge.task(0).addLabel(example.weight(), example.label(), 1);
    gauge.endBatch();
  }

  private static Gauge gauge(FeatureSchema schema) {
    return new Gauge(schema, ModelKind.DEEPFM, Safeguards.ON, true);
  }

  private static Gauge replica() {
    return new Gauge(SCHEMA, ModelKind.DEEPFM, Safeguards.ON, false);
  }

  private static LabeledExample example(int i, float price, float age) {
    return new LabeledExample(
        "i" + i,
        i,
        i % 4 == 0 ? 1 : 0,
        1,
        new Example(
            i,
            new long[] {Fids.BIAS, Fids.of(1, i * 77L), Fids.number(2), Fids.number(3)},
            new float[] {1, 1, price, age}));
  }
}
