package io.freshet.model.gauge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.CategoricalField;
import io.freshet.feature.FeatureSchema;
import io.freshet.feature.Fids;
import io.freshet.feature.Field;
import io.freshet.feature.NumericField;
import io.freshet.feature.NumericField.Transform;
import io.freshet.feature.example.Example;
import io.freshet.feature.example.LabeledExample;
import io.freshet.model.ModelKind;
import io.freshet.model.Safeguards;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A gauge that starts from a published one goes on as that one did. */
class GaugeStartTest {
  private static final NumericField PRICE = new NumericField("price", 2, new Transform.Auto());
  private static final NumericField AGE = new NumericField("age", 3, new Transform.Auto());
  private static final NumericField NEW = new NumericField("new", 4, new Transform.Auto());
  private static final FeatureSchema SCHEMA = schema(PRICE, AGE);
  private static final PublishedGauge PUBLISHED =
      new PublishedGauge(
          List.of(new NumberScale(1, 4.5, 1.5), new NumberScale(0, 0.3, 0.45)),
          -3.25,
          List.of(
              new Expert(0, 0, 0.0625, 0),
              new Expert(0.5, 0, 0.0625, -0.25),
              new Expert(1, 0, 0.125, 0.5),
              new Expert(0, 0.25, 0.25, 0.125),
              new Expert(0, 0.5, 0.125, 0),
              new Expert(0, 0.75, 0.25, -0.125),
              new Expert(0, 1, 0.125, 1)));

  @Test
  void whatItPublishesThenIsWhatItStartedFrom() {
    Gauge gauge = started(SCHEMA, PUBLISHED);

    assertSame(gauge.published(), PUBLISHED, 1e-9);
  }

  @Test
  void theStreamMovesItLittleByLittle() {
    Gauge gauge = started(SCHEMA, PUBLISHED);

    for (int i = 0; i < 200; i++) {
      gauge.beginStep();
      gauge.encode(example(1_000, 1));
      gauge.task(0).logit(0.5f, 1);
      gauge.task(0).addLabel(1, i % 25 == 0 ? 1 : 0, 1);
    }

    assertSame(gauge.published(), PUBLISHED, 0.15);
  }

  @Test
  void numbersThatTheModelDidNotHaveStartFromNothing() {
    FeatureSchema other = schema(NEW, AGE, PRICE);
    PublishedGauge reordered = PUBLISHED.reordered(SCHEMA, other);

    PublishedGauge now = started(other, reordered).published();

    assertThat(reordered.numbers())
        .containsExactly(
            NumberScale.UNKNOWN, PUBLISHED.numbers().get(1), PUBLISHED.numbers().get(0));
    assertThat(now.numbers().get(0)).isEqualTo(NumberScale.UNKNOWN);
    assertThat(now.numbers().get(2).unit()).isEqualTo(1);
    assertThat(now.numbers().get(2).mean()).isCloseTo(4.5, within(1e-9));
  }

  @Test
  void aModelWithoutAGaugeStartsWithItsOffsetOfZeroAndTheExpertsAsTheyAre() {
    Gauge gauge = started(SCHEMA, PublishedGauge.NONE);

    assertThat(gauge.published().offset()).isCloseTo(0, within(1e-9));
    assertThat(gauge.published().experts()).extracting(Expert::weight).contains(0.5);
    assertThat(gauge.published().numbers()).containsOnly(NumberScale.UNKNOWN);
  }

  private static Gauge started(FeatureSchema schema, PublishedGauge from) {
    Gauge gauge = new Gauge(schema, ModelKind.DEEPFM, Safeguards.ON, true);
    gauge.startFrom(from, List.of());
    return gauge;
  }

  private static void assertSame(PublishedGauge now, PublishedGauge before, double tolerance) {
    assertThat(now.offset()).isCloseTo(before.offset(), within(tolerance));
    for (int i = 0; i < before.numbers().size(); i++) {
      NumberScale scale = now.numbers().get(i);
      assertThat(scale.unit()).isEqualTo(before.numbers().get(i).unit());
      assertThat(scale.mean()).isCloseTo(before.numbers().get(i).mean(), within(tolerance));
      assertThat(scale.deviation())
          .isCloseTo(before.numbers().get(i).deviation(), within(tolerance));
    }
    for (int k = 0; k < before.experts().size(); k++) {
      Expert expert = now.experts().get(k);
      assertThat(expert.logit()).isEqualTo(before.experts().get(k).logit());
      assertThat(expert.correction())
          .isCloseTo(before.experts().get(k).correction(), within(tolerance));
      if (tolerance < 1e-6) { // weights follow every example
        assertThat(expert.weight()).isCloseTo(before.experts().get(k).weight(), within(tolerance));
      }
    }
  }

  private static LabeledExample example(float price, float age) {
    return new LabeledExample(
        "i",
        0,
        0,
        1,
        new Example(1, new long[] {Fids.number(2), Fids.number(3)}, new float[] {price, age}));
  }

  private static FeatureSchema schema(NumericField... numbers) {
    List<Field> fields = new ArrayList<>();
    fields.add(new CategoricalField("user", 1));
    fields.addAll(List.of(numbers));
    return new FeatureSchema(fields, "user");
  }
}
