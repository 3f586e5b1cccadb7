package io.freshet.model.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.feature.Fids;
import io.freshet.feature.example.Example;
import io.freshet.model.LearningSettings;
import io.freshet.model.ModelKind;
import io.freshet.model.ModelSettings;
import io.freshet.model.batch.Examples;
import io.freshet.model.gauge.PublishedGauge;
import io.freshet.model.label.LabelCorrection;
import io.freshet.model.learn.LocalLearner;
import io.freshet.model.row.RowWeights;
import io.freshet.model.row.UnknownRows;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PredictorTest {
  private static final ModelSettings LINEAR = ModelSettings.deepFm(2, List.of(), 0, 1);
  private static final Example EXAMPLE =
      Examples.example(9, List.of(Fids.BIAS, Fids.of(7, 9), Fids.of(4, 0)), List.of(1f, 1f, 2f));

  @Test
  void usageExample() {
    RowWeights rows =
        (fid, target, at) -> {
          target[at] = 0.5f;
          target[at + 1] = 1;
          target[at + 2] = -1;
          return true;
        };

    float p = predictor(LINEAR, rows, UnknownRows.ZERO).predict(EXAMPLE);

    double logit = 0.5 * (1 + 1 + 2) + 2 * (1 * 1 + 1 * 1);
    assertThat((double) p).isCloseTo(1 / (1 + Math.exp(-logit)), within(1e-6));
  }

  @Test
  void unknownFeaturesCountNothingIfZero() {
    Predictor predictor = predictor(LINEAR, (fid, target, at) -> false, UnknownRows.ZERO);

    assertThat(predictor.predict(EXAMPLE)).isEqualTo(0.5f);
  }

  static List<ModelSettings> kinds() {
    return List.of(
        new ModelSettings(ModelKind.FM, 4, List.of(), 0, 0, 3),
        ModelSettings.deepFm(4, List.of(8), 0, 3),
        new ModelSettings(ModelKind.WIDE_DEEP, 4, List.of(8), 0, 0, 3),
        new ModelSettings(ModelKind.DCN, 4, List.of(8), 2, 0, 3));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void unknownFeaturesCountAsTheRowTheyWouldStartWith(ModelSettings model) {
    LocalLearner fresh = new LocalLearner(Examples.SCHEMA, model, LearningSettings.DEFAULT);

    float predicted = fresh.predictor().predict(EXAMPLE);

    assertThat(predicted).isNotEqualTo(0.5f);
    assertThat(fresh.learn(List.of(Examples.labeled(1, 1, EXAMPLE))).probabilities())
        .containsExactly(predicted);
  }

  @Test
  void denseValuesOfAnotherShapeAreRefused() {
    ModelSettings model = ModelSettings.deepFm(2, List.of(3), 0, 1);

    assertThatThrownBy(() -> predictor(model, (fid, target, at) -> false, UnknownRows.ZERO))
        .hasMessage("0 dense values, but the model has 31");
  }

  private static Predictor predictor(ModelSettings model, RowWeights rows, UnknownRows unknown) {
    return new Predictor(
        Examples.SCHEMA,
        model,
        rows,
        unknown,
        new float[0],
        PublishedGauge.NONE,
        LabelCorrection.none());
  }
}
