package io.freshet.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.feature.example.LabelSettings;
import io.freshet.model.optimizer.Adagrad;
import io.freshet.model.optimizer.Ftrl;
import io.freshet.model.optimizer.OptimizerSettings;
import io.freshet.model.optimizer.Regularization;
import io.freshet.model.optimizer.RowWiseAdagrad;
import io.freshet.model.optimizer.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelSettingsTest {

  @Test
  void theDefaultsAreTheMeasuredOnes() {
    OptimizerSettings ftrl = new Ftrl(0.5f, 1, 0, 0);
    OptimizerSettings embedding = new Adagrad(0.1f, 0.1f);
    OptimizerSettings dense = new Adagrad(0.02f, 0.1f, 100);

    assertThat(ModelSettings.DEFAULT).isEqualTo(ModelSettings.deepFm(10, List.of(128, 64), 0, 42));
    assertThat(LearningSettings.DEFAULT)
        .isEqualTo(
            new LearningSettings(
                64,
                1,
                ftrl,
                embedding,
                64,
                dense,
                LabelSettings.DEFAULT,
                TableSettings.OFF,
                Regularization.OFF,
                Safeguards.ON));
  }

  @Test
  void shapesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> ModelSettings.deepFm(0, List.of(), 0, 1))
        .hasMessage("embedding size is 0 but must be 1 or more");
    assertThatThrownBy(() -> ModelSettings.deepFm(1, List.of(8, 0), 0, 1))
        .hasMessage("units of a hidden layer is 0 but must be 1 or more");
    assertThatThrownBy(() -> ModelSettings.deepFm(1, List.of(), -1, 1))
        .hasMessage("l2 is -1.0 but must be 0 or more and finite");
  }

  @Test
  void aKindHasItsOwnPartsOnly() {
    assertThatThrownBy(() -> new ModelSettings(ModelKind.LR, 4, List.of(), 0, 0, 1))
        .hasMessage("embedding size is 4, but a model of kind lr has none");
    assertThatThrownBy(() -> new ModelSettings(ModelKind.FM, 4, List.of(8), 0, 0, 1))
        .hasMessage("hidden layers are [8], but a model of kind fm has none");
    assertThatThrownBy(() -> new ModelSettings(ModelKind.WIDE_DEEP, 4, List.of(8), 2, 0, 1))
        .hasMessage("number of cross layers is 2, but a model of kind wide-deep has none");
    assertThatThrownBy(() -> new ModelSettings(ModelKind.DCN, 4, List.of(8), 0, 0, 1))
        .hasMessage("number of cross layers is 0 but must be 1 or more");
    ModelSettings deepFm = ModelSettings.deepFm(4, List.of(8), 0, 1);
    assertThatThrownBy(() -> deepFm.withSizes(new Sizes(Map.of("low-rank", List.of(2)))))
        .hasMessage("low-rank is [2], but a model of kind deepfm has none");
    ModelSettings dcn = new ModelSettings(ModelKind.DCN, 4, List.of(8), 2, 0, 1);
    assertThatThrownBy(() -> dcn.withSizes(new Sizes(Map.of("experts", List.of(2)))))
        .hasMessage("experts is [2], but there is no low-rank");
  }

  @Test
  void stepsWithoutExamplesAreRefused() {
    assertThatThrownBy(() -> LearningSettings.DEFAULT.withStepSize(0))
        .hasMessage("step size is 0 but must be 1 or more");
    assertThatThrownBy(() -> LearningSettings.DEFAULT.withRepeatsPerUser(0))
        .hasMessage("repeats per user is 0 but must be 1 or more");
    assertThatThrownBy(() -> LearningSettings.DEFAULT.withDenseStepSize(0))
        .hasMessage("dense step size is 0 but must be 1 or more");
  }

  @Test
  void anAccumulatorOfAVectorIsForEmbeddingsOnly() {
    OptimizerSettings sgd = new Sgd(1);
    OptimizerSettings rowWise = new RowWiseAdagrad(1, 1);

    assertThat(LearningSettings.DEFAULT.withOptimizers(sgd, rowWise, sgd).embedding())
        .isEqualTo(rowWise);
    assertThatThrownBy(() -> LearningSettings.DEFAULT.withOptimizers(rowWise, sgd, sgd))
        .hasMessageStartingWith("first-order optimizer is row-wise Adagrad");
    assertThatThrownBy(() -> LearningSettings.DEFAULT.withOptimizers(sgd, sgd, rowWise))
        .hasMessage(
            "dense optimizer is row-wise Adagrad, which keeps one accumulator for an embedding"
                + " vector, but must keep one for each parameter: take Adagrad");
  }

  @Test
  void layersAreCopied() {
    List<Integer> layers = new ArrayList<>(List.of(4));
    ModelSettings model = ModelSettings.deepFm(1, layers, 0, 1);

    layers.add(5);

    assertThat(model.hiddenLayers()).containsExactly(4);
  }
}
